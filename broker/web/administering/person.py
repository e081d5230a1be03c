"""One person, where they are signed in, and ending it there."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, url_for

from broker.errors import NotFound
from broker.identity.people import Role, by_id
from broker.identity.sessions.end_session import Why, end_all_sessions, end_session
from broker.identity.sessions.sessions import sessions_of
from broker.web.frame.guard import me, session_now, signed_in
from broker.web.parts import parts
from broker.web.telling.how_signed_in import listed

pages = Blueprint("person", __name__)


@pages.get("/people/<person_id>")
@signed_in(Role.ADMIN)
def show(person_id: str) -> str:
    with parts().store.read() as reader:
        person = by_id(reader, person_id)
        found = listed(reader, sessions_of(reader, person.id))
    return render_template(
        "pages/people/person.html",
        person=person,
        sessions=found,
        here=session_now(),
        roles=parts().catalog.roles,
    )


@pages.post("/people/<person_id>/sessions/<session_id>/end")
@signed_in(Role.ADMIN)
def end(person_id: str, session_id: str) -> Response:
    """End one session; one that is over, or of another person, is not there."""
    with parts().store.write() as tx:
        person = by_id(tx, person_id)
        if session_id not in {session.id for session in sessions_of(tx, person.id)}:
            raise NotFound(
                "There is no such session.", help="It may be over already: look at the list again."
            )
        end_session(tx, parts().ledger, session_id, actor=me().id, why=Why.ENDED_BY_OTHER)
    return _back(person_id)


@pages.post("/people/<person_id>/sign-out")
@signed_in(Role.ADMIN)
def sign_out(person_id: str) -> Response:
    """End every session, but for the one this is done in."""
    now = session_now()
    with parts().store.write() as tx:
        person, keep = by_id(tx, person_id), now.id if now else None
        end_all_sessions(tx, parts().ledger, person.id, actor=me().id, why=Why.ENDED_BY_OTHER, keep=keep)
    return _back(person_id)


@pages.get("/people/<person_id>/sign-out")
@pages.get("/people/<person_id>/sessions/<session_id>/end")
@signed_in(Role.ADMIN)
def back(person_id: str, session_id: str = "") -> Response:  # noqa: ARG001 - the address of a button, opened by itself
    """Whoever had to sign in on the way comes back to the page with the button."""
    return _back(person_id)


def _back(person_id: str) -> Response:
    return make_response(redirect(url_for("person.show", person_id=person_id), 303))
