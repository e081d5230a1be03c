"""Where a person is signed in, and ending it there."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, url_for

from broker.errors import NotFound
from broker.identity.sessions.end_session import Why, end_all_sessions, end_session
from broker.identity.sessions.sessions import sessions_of
from broker.web.frame.guard import me, session_now, signed_in
from broker.web.parts import parts
from broker.web.telling.how_signed_in import listed

pages = Blueprint("sessions", __name__)


@pages.get("/sessions")
@signed_in()
def overview() -> str:
    with parts().store.read() as reader:
        found = listed(reader, sessions_of(reader, me().id))
    return render_template("pages/sessions/overview.html", sessions=found, here=session_now())


@pages.post("/sessions/<session_id>/end")
@signed_in()
def end(session_id: str) -> Response:
    """End one of one's own sessions; somebody else's does not exist here."""
    with parts().store.write() as tx:
        if session_id not in {session.id for session in sessions_of(tx, me().id)}:
            raise NotFound(
                "There is no such session.", help="It may be over already: look at your list again."
            )
        end_session(tx, parts().ledger, session_id, actor=me().id, why=Why.SIGNED_OUT)
    return _back()


@pages.post("/sessions/end-others")
@signed_in()
def end_others() -> Response:
    now = session_now()
    with parts().store.write() as tx:
        end_all_sessions(
            tx,
            parts().ledger,
            me().id,
            actor=me().id,
            why=Why.SIGNED_OUT_EVERYWHERE,
            keep=now.id if now else None,
        )
    return _back()


def _back() -> Response:
    return make_response(redirect(url_for("sessions.overview"), 303))
