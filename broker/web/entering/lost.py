"""Phone, passkey and codes are gone: ask a colleague to vouch, read them a code, wait here."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from broker.errors import Invalid, Refused
from broker.identity.factors.lost.ask_help import LONGEST_REASON, ask_help, spoken_code
from broker.identity.factors.lost.reset import Reset, ResetState
from broker.identity.sessions.sessions import Session
from broker.web.entering.plea_cookie import plea_here, remember_plea
from broker.web.entering.sign_in import UNACCEPTED
from broker.web.frame.browser import caller
from broker.web.frame.guard import session_now, signed_in
from broker.web.frame.own_path import own_path
from broker.web.frame.typed import typed_before
from broker.web.frame.unchanged import mark_of, news
from broker.web.parts import parts

pages = Blueprint("lost", __name__)

FORBIDDEN = 403
_OVER = {ResetState.LAPSED, ResetState.STOPPED, ResetState.DONE}


@pages.get("/factor/lost")
@signed_in(first_factor=True)
def show() -> Response:
    now = cast("Session", session_now())
    if now.mfa_at is not None:
        return make_response(redirect(url_for("factor.show"), 303))
    plea, state = _here(now)
    # What was refused is said; what is merely over can be asked for again.
    if plea is None or state in _OVER:
        return _form({"reason": typed_before().get("reason", "")}, {})
    mark, shown = mark_of(plea.id, state), _shown(plea, state)
    return make_response(render_template("pages/factor/plea.html", mark=mark, **shown, fresh=False))


@pages.get("/factor/lost/now")
@signed_in(first_factor=True)
def now() -> Response:
    """The part of the page that refreshes itself."""
    plea, state = _here(cast("Session", session_now()))
    if plea is None:
        return make_response("", 200, {"HX-Redirect": url_for("lost.show")})
    return news("pages/factor/_plea.html", mark_of(plea.id, state), **_shown(plea, state), fresh=True)


@pages.post("/factor/lost")
@signed_in(first_factor=True)
def ask() -> Response:
    session, reason = cast("Session", session_now()), request.form.get("reason", "")
    plea, state = _here(session)
    if session.mfa_at is not None or (plea is not None and state in {ResetState.ASKED, ResetState.VOUCHED}):
        return _to_page()
    try:
        with parts().store.write() as tx:
            asked = ask_help(tx, parts().ledger, session.person, caller(), reason)
    except Invalid as error:
        return _form({"reason": reason}, error.faults, UNACCEPTED)
    except Refused as refused:
        return _form({"reason": reason}, {"": f"{refused} {refused.help}"}, FORBIDDEN)
    return remember_plea(_to_page(), asked.token)


def _here(session: Session) -> tuple[Reset | None, ResetState | None]:
    with parts().store.read() as reader:
        plea = plea_here(reader, session)
        return plea, plea.state_at(reader.at) if plea else None


def _shown(plea: Reset, state: ResetState | None) -> dict[str, object]:
    return {
        "plea": plea,
        "state": state,
        "code": spoken_code(parts().lobby.box, plea) if state is ResetState.ASKED else "",
        "next": own_path(request.args.get("next")),
    }


def _form(values: dict[str, str], errors: dict[str, str], status: int = 200) -> Response:
    page = render_template(
        "pages/factor/lost.html", values=values, errors=errors, longest_reason=LONGEST_REASON
    )
    return make_response(page, status)


def _to_page() -> Response:
    return make_response(redirect(url_for("lost.show"), 303))
