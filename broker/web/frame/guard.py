"""Who is at the other end, and which pages are open to them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit, urlunsplit

from flask import Response, g, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from broker.errors import Refused, Unavailable
from broker.identity.people import Person, Role
from broker.identity.sessions.sessions import Opened, Session, look_up, touch, touch_is_due
from broker.web.frame.cookies import drop, named, put
from broker.web.frame.own_path import view_at
from broker.web.frame.typed import PERSON, keep_typed
from broker.web.parts import parts

COOKIE = "session"

P = ParamSpec("P")
R = TypeVar("R", bound=ResponseReturnValue)
View = Callable[P, R]


def signed_in(*roles: Role, first_factor: bool = False) -> Callable[[View[P, R]], Callable[P, R | Response]]:
    """Let a view be reached only by somebody signed in with both factors, holding one of ``roles`` if any.

    ``first_factor=True`` also lets in whoever has given the password alone: for a form that asks for the
    code itself. Others are sent to sign in and come back; what they had typed comes back with them
    (``typed_before``). Put it under the route decorator.
    """

    def guarded(view: View[P, R]) -> Callable[P, R | Response]:
        @wraps(view)
        def look_first(*args: P.args, **kwargs: P.kwargs) -> R | Response:
            now = session_now()
            if now is None or (now.mfa_at is None and not (first_factor and now.person.has_factor)):
                return send_to_sign_in(now)
            if roles and not now.person.roles.intersection(roles):
                raise _not_for_you(roles)
            note_use(now)
            return view(*args, **kwargs)

        look_first.first_factor_opens = first_factor  # type: ignore[attr-defined]  # a mark on the view
        return look_first

    return guarded


def session_now() -> Session | None:
    """The live session behind this request, read once; None when there is none."""
    if "session" not in g:
        token = session_token()
        g.session = None
        if token:
            with parts().store.read() as reader:
                g.session = look_up(reader, token)
    found: Session | None = g.session
    return found


def me() -> Person:
    """The person behind a request that ``signed_in`` let through."""
    now = session_now()
    if now is None:
        raise Refused("Your session is over.", help="Sign in again.")
    return now.person


def session_token() -> str:
    return request.cookies.get(named(COOKIE), "")


def open_session(response: Response, opened: Opened, person: Person) -> None:
    """Put a new token in the cookie; forms that were open before belong to nobody any more."""
    session.clear()
    session[PERSON] = person.id
    put(response, COOKIE, opened.token)


def forget_session(response: Response) -> None:
    session.clear()
    g.session = None
    drop(response, COOKIE)


def first_factor_opens(path: str) -> bool:
    """Whether the page at ``path`` may be opened with the password alone."""
    return bool(getattr(view_at(path), "first_factor_opens", False))


def send_to_sign_in(now: Session | None) -> Response:
    """To the step that is missing, and back from there; what was typed is kept."""
    step = "sign_in.ask_password" if now is None else next_step(now)
    refreshing = "HX-Request" in request.headers
    back = _page_behind() if refreshing else request.full_path.rstrip("?")
    address = url_for(step, next=back if view_at(back) else None)
    if refreshing:
        # A region that refreshes itself leads the whole page to the sign-in.
        return make_response("", 200, {"HX-Redirect": address})
    answer = make_response(redirect(address, 303))
    if request.method == "POST":
        keep_typed(answer, request.path, request.form)
    return answer


def _page_behind() -> str:
    # A region has an address of its own; people come back to the page around it.
    try:
        around = urlsplit(request.headers.get("HX-Current-URL", ""))
    except ValueError:
        return ""
    return urlunsplit(("", "", around.path, around.query, ""))


def next_step(now: Session) -> str:
    """The endpoint of the sign-in step that ``now`` still lacks."""
    return "sign_in.ask_code" if now.person.has_factor else "factor.show"


def _not_for_you(roles: tuple[Role, ...]) -> Refused:
    names = " or ".join(role.value for role in roles)
    return Refused(
        f"This page needs the role {names}, which your account does not have.",
        help="If you need it, ask an administrator.",
    )


def note_use(now: Session) -> None:
    # A region that refreshes itself is nobody at work: an unattended ward PC signs itself out.
    if "HX-Request" in request.headers:
        return
    store = parts().store
    if not touch_is_due(now.last_seen_at, store.clock.now()):
        return
    try:
        with store.write() as tx:
            touch(tx, now)
    except Unavailable:
        # Reading goes on while nothing can be written; the session then ends sooner, never later.
        pass
