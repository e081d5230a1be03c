"""What happens to one session happens to no other, and to none that is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from broker.identity.factors.step_up import Method
from broker.identity.sessions.end_session import Why, end_session
from broker.identity.sessions.sessions import (
    SessionOver,
    begin,
    elevate,
    is_within_limits,
    look_up,
    sessions_of,
    touch,
)


def test_using_one_keeps_no_other_alive(desk, store, clinician):
    """The PC that nobody sits at signs itself out, however busy the phone is."""
    idle = desk.sign_in(clinician)
    desk.clock.advance(minutes=2)
    used = desk.sign_in(clinician)
    desk.clock.advance(minutes=20)
    with store.write() as tx:
        touch(tx, look_up(tx, used))
    desk.clock.advance(minutes=15)
    with store.read() as reader:
        assert look_up(reader, used)
        assert look_up(reader, idle) is None


def test_what_was_ended_is_neither_used_nor_raised_again(desk, store, ledger, clinician):
    """A request that was under way while its session ended leaves it as it is."""
    token = desk.password(clinician.email)
    with store.read() as reader:
        session = look_up(reader, token)
    with store.write() as tx:
        end_session(tx, ledger, session.id, actor=clinician.id, why=Why.SIGNED_OUT)
    desk.clock.advance(minutes=5)
    with store.write() as tx, pytest.raises(SessionOver):
        elevate(tx, token, Method.TOTP)
    with store.write() as tx:
        touch(tx, session)
    with store.read() as reader:
        assert look_up(reader, token) is None
        assert _last_seen(reader, session.id) == session.last_seen_at


def test_a_second_factor_counts_as_use(desk, store, clinician):
    """Whoever needed long to find the phone is not signed out right after typing the code."""
    token = desk.password(clinician.email)
    desk.clock.advance(minutes=9)
    fresh = desk.code(token, clinician.phone.code())
    desk.clock.advance(minutes=29)
    with store.read() as reader:
        assert look_up(reader, fresh)


def test_of_several_the_latest_used_comes_first(desk, store, clinician):
    """In the list one recognises the browser one sits at by its place."""
    first = desk.sign_in(clinician)
    desk.clock.advance(minutes=2)
    second = desk.sign_in(clinician)
    desk.clock.advance(minutes=2)
    with store.write() as tx:
        touch(tx, look_up(tx, first))
    with store.read() as reader:
        listed = [session.id for session in sessions_of(reader, clinician.id)]
        assert listed == [look_up(reader, first).id, look_up(reader, second).id]


def test_a_person_with_several_roles_has_each_session_once(desk, store, ledger, clinician):
    """Roles are rows of their own, and no row is a session."""
    from broker.identity.people import Role, set_roles

    desk.sign_in(clinician)
    with store.write() as tx:
        set_roles(tx, ledger, clinician.id, [Role.CLINICIAN, Role.APPROVER, Role.REVIEWER], actor="setup")
        listed = sessions_of(tx, clinician.id)
    assert len(listed) == 1
    assert listed[0].person.roles == {Role.CLINICIAN, Role.APPROVER, Role.REVIEWER}


def test_a_session_from_the_future_opens_nothing(clock):
    """Nodes may differ by a minute; what is further ahead was written by a wrong clock."""
    now = clock.now()
    for ahead, live in ((timedelta(minutes=1), True), (timedelta(minutes=1, seconds=1), False)):
        assert is_within_limits(now, now + ahead, now, now) is live


@pytest.mark.parametrize("length", [0, 42, 44, 4096])
def test_what_cannot_be_a_token_costs_no_query(store, length):
    """Before anything is asked of the database its form is looked at."""
    with store.read() as reader:
        statements = _counted(reader)
        assert look_up(reader, "a" * length) is None
        assert look_up(reader, "\u00e9" * 43) is None
    assert not statements


def test_each_token_is_new_and_long(store, clinician, desk):
    """256 random bits, never the same."""
    made = set()
    with store.write() as tx:
        for _ in range(200):
            made.add(begin(tx, clinician.id, desk.caller).token)
    assert len(made) == 200
    assert {len(token) for token in made} == {43}


def _last_seen(reader, session_id):
    from sqlalchemy import select

    from broker.identity.tables import sessions

    return reader.one_or_none(select(sessions.c.last_seen_at).where(sessions.c.id == session_id)).last_seen_at


def _counted(reader):
    from sqlalchemy import event

    seen = []
    event.listen(reader.connection, "before_cursor_execute", lambda *said: seen.append(said[2]))
    return seen
