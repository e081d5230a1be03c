"""Who the broker takes the caller for, and where a person is signed in."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from broker.credentials.clients.register import find_client
from broker.errors import NotFound
from broker.identity.sessions.end_session import Why, end_all_sessions, end_session
from broker.identity.sessions.sessions import Session, sessions_of
from broker.store import Reader
from broker.web.api.administering.people import PersonTold, person_told
from broker.web.api.frame.call import Call
from broker.web.api.frame.calling import csrf_token
from broker.web.api.frame.operation import Door, Family
from broker.web.api.frame.shape import Done, Named, Told
from broker.web.parts import parts
from broker.web.telling.how_signed_in import ListedSession, listed

me = Family("entering")
BY_SESSION = Door()


class Me(Told):
    """``person`` is None for software that acts for itself, ``client`` None for a person with a session."""

    person: PersonTold | None
    client: Named | None
    scopes: list[str] = Field(examples=[["requests:read"]])


class SessionHere(Told):
    """``csrf_token`` goes into X-CSRF-Token of every call of this session that changes something."""

    id: str = Field(examples=["session_0123456789abcdef0123"])
    person: PersonTold
    csrf_token: str
    mfa_at: datetime
    ends_at: datetime


class SessionRow(Told):
    id: str = Field(examples=["session_0123456789abcdef0123"])
    device: str
    begun_at: datetime
    last_seen_at: datetime
    how: str = Field(examples=["Password and one-time code"])
    here: bool


class SessionList(Told):
    items: list[SessionRow]


@me.get("/me", "See who one is here", Door(anybody=True, software=True))
def show_me(call: Call) -> Me:
    who = call.who
    with parts().store.read() as reader:
        client = find_client(reader, who.token.client_id) if who.token else None
    return Me(
        person=person_told(who.person) if who.person else None,
        client=Named(id=client.id, name=client.name) if client else None,
        scopes=sorted(who.token.scopes) if who.token else [],
    )


@me.get("/session", "See the session and its form token", BY_SESSION)
def show_session(call: Call) -> SessionHere:
    now = _session(call)
    return SessionHere(
        id=now.id,
        person=person_told(now.person),
        csrf_token=csrf_token(),
        mfa_at=now.mfa_at or now.begun_at,
        ends_at=now.ends_at,
    )


@me.get(
    "/sessions",
    "List where one is signed in",
    BY_SESSION,
    leads_to={"end_one_session": {"session_id": "$response.body#/items/0/id"}},
)
def list_sessions(call: Call) -> SessionList:
    here = _session(call)
    with parts().store.read() as reader:
        return sessions_told(reader, here.person.id, here)


@me.post("/sessions/<session_id>/end", "End one of one's own sessions", BY_SESSION, kept=False, limited=False)
def end_one_session(call: Call, session_id: str) -> Done:
    """Somebody else's does not exist here. One's own, this one among them, ends at once."""
    person = call.person
    with parts().store.write() as tx:
        if session_id not in {session.id for session in sessions_of(tx, person.id)}:
            raise NotFound(
                "There is no such session.", help="It may be over already: look at your list again."
            )
        end_session(tx, parts().ledger, session_id, actor=person.id, why=Why.SIGNED_OUT)
    return Done()


@me.post(
    "/sessions/end-others", "End every other session of one's own", BY_SESSION, kept=False, limited=False
)
def end_other_sessions(call: Call) -> Done:
    here, why = _session(call), Why.SIGNED_OUT_EVERYWHERE
    with parts().store.write() as tx:
        ended = end_all_sessions(
            tx, parts().ledger, here.person.id, actor=here.person.id, why=why, keep=here.id
        )
    return Done(count=ended)


def _session(call: Call) -> Session:
    # No token opens these doors.
    assert call.who.session is not None  # noqa: S101
    return call.who.session


def sessions_told(reader: Reader, person_id: str, here: Session | None) -> SessionList:
    """A person's live sessions; ``here`` is the caller's own, if they have one."""
    found = listed(reader, sessions_of(reader, person_id))
    return SessionList(items=[_row(each, here) for each in found])


def _row(each: ListedSession, here: Session | None) -> SessionRow:
    session = each.session
    return SessionRow(
        id=session.id,
        device=session.device,
        begun_at=session.begun_at,
        last_seen_at=session.last_seen_at,
        how=each.how,
        here=here is not None and session.id == here.id,
    )
