"""Where a person is signed in, and ending it there."""

from __future__ import annotations

from broker.errors import NotFound
from broker.identity.people import Role, by_id
from broker.identity.sessions.end_session import Why, end_all_sessions, end_session
from broker.identity.sessions.sessions import sessions_of
from broker.web.api.entering.me import SessionList, sessions_told
from broker.web.api.frame.call import Call
from broker.web.api.frame.operation import Door, Family
from broker.web.api.frame.shape import Done
from broker.web.parts import parts

sessions = Family("administering")
READS = Door(roles=frozenset({Role.ADMIN}), scope="people:read", software=True)
ENDS = Door(roles=frozenset({Role.ADMIN}))


@sessions.get("/people/<person_id>/sessions", "List where a person is signed in", READS)
def list_sessions_of(call: Call, person_id: str) -> SessionList:
    with parts().store.read() as reader:
        return sessions_told(reader, by_id(reader, person_id).id, call.who.session)


@sessions.post(
    "/people/<person_id>/sessions/<session_id>/end",
    "End one session of a person",
    ENDS,
    kept=False,
    limited=False,
)
def end_session_of(call: Call, person_id: str, session_id: str) -> Done:
    """One that is over, or of another person, is not there."""
    with parts().store.write() as tx:
        person = by_id(tx, person_id)
        if session_id not in {session.id for session in sessions_of(tx, person.id)}:
            raise NotFound(
                "There is no such session.", help="It may be over already: look at the list again."
            )
        end_session(tx, parts().ledger, session_id, actor=call.who.id, why=Why.ENDED_BY_OTHER)
    return Done()


@sessions.post(
    "/people/<person_id>/sign-out", "Sign a person out everywhere", ENDS, kept=False, limited=False
)
def sign_person_out(call: Call, person_id: str) -> Done:
    """Every session, but for the one this is done in."""
    here, why = call.who.session, Why.ENDED_BY_OTHER
    with parts().store.write() as tx:
        person, keep = by_id(tx, person_id), here.id if here else None
        ended = end_all_sessions(tx, parts().ledger, person.id, actor=call.who.id, why=why, keep=keep)
    return Done(count=ended)
