from __future__ import annotations

from datetime import timedelta

import pytest

from broker.clock import SettableClock
from broker.errors import NotFound
from broker.identity.caller import Caller
from broker.identity.disable import disable
from broker.identity.factors.step_up import Method
from broker.identity.people import Role, set_roles
from broker.identity.sessions.end_session import Why, close_expired_sessions, end_all_sessions, end_session
from broker.identity.sessions.sessions import (
    SessionOver,
    begin,
    elevate,
    fresh_enough,
    look_up,
    sessions_of,
    touch,
    touch_is_due,
)
from broker.identity.tables import sessions
from broker.store import Store


@pytest.fixture
def look(store):
    def at(token):
        with store.read() as reader:
            return look_up(reader, token)

    return at


@pytest.fixture
def signed_in(store, clinician):
    """The token of a session that has seen both factors."""
    with store.write() as tx:
        opened = begin(tx, clinician.id, Caller("192.0.2.10", "Firefox on the ward PC"))
        return elevate(tx, opened.token, Method.TOTP).token


def use(store, clock, token, **delta):
    clock.advance(**delta)
    with store.write() as tx:
        touch(tx, look_up(tx, token))


def test_a_session_knows_its_person(look, signed_in, clinician, clock):
    """One look answers who it is, in which roles, and how fresh the factor is."""
    session = look(signed_in)
    assert session.person.id == clinician.id
    assert session.person.roles == {Role.CLINICIAN}
    assert session.person.has_factor
    assert (session.mfa_at, session.mfa_method) == (clock.now(), Method.TOTP)
    assert (session.device, session.source) == ("Firefox on the ward PC", "192.0.2.10")


def test_elevating_replaces_the_token(store, look, clinician):
    """A token planted before the sign-in is dead after it."""
    with store.write() as tx:
        planted = begin(tx, clinician.id, Caller("203.0.113.1"))
    assert look(planted.token).mfa_at is None
    with store.write() as tx:
        fresh = elevate(tx, planted.token, Method.TOTP)
    assert look(planted.token) is None
    assert look(fresh.token).id == planted.session_id
    with pytest.raises(SessionOver), store.write() as tx:
        elevate(tx, planted.token, Method.TOTP)


def seen_by_process_started_at(store, instant, token):
    with Store(store.engine, SettableClock(instant)).read() as reader:
        return look_up(reader, token)


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "\u00e4" * 43, "x" * 1_000_000])
def test_nonsense_opens_nothing(look, signed_in, token):
    """Whatever stands in the cookie."""
    assert look(token) is None


def test_only_a_digest_of_the_token_is_stored(store, signed_in):
    """A copy of the database opens no session."""
    with store.read() as reader:
        assert signed_in not in repr(reader.all(sessions.select()))


def test_a_session_ends_when_idle(look, signed_in, clock):
    """Half an hour without a request, to the second."""
    clock.advance(minutes=29, seconds=59)
    assert look(signed_in) is not None
    clock.advance(seconds=1)
    assert look(signed_in) is None


def test_a_session_ends_after_twelve_hours_however_busy(store, look, signed_in, clock):
    """Use prolongs it only so far."""
    for _ in range(47):
        use(store, clock, signed_in, minutes=15)
    clock.advance(minutes=14, seconds=59)
    assert look(signed_in) is not None
    clock.advance(seconds=1)
    assert look(signed_in) is None


def test_the_password_alone_is_good_for_ten_minutes(store, look, clinician, clock):
    """Long enough to find the phone."""
    with store.write() as tx:
        token = begin(tx, clinician.id, Caller("x")).token
    clock.advance(minutes=9, seconds=59)
    assert look(token) is not None
    clock.advance(seconds=1)
    assert look(token) is None
    with pytest.raises(SessionOver), store.write() as tx:
        elevate(tx, token, Method.TOTP)


@pytest.mark.parametrize("back", [{"minutes": -20}, {"hours": -1}, {"days": -365}])
def test_setting_the_clock_back_does_not_revive_a_session(look, signed_in, clock, back):
    """By minutes, an hour or a year."""
    clock.advance(minutes=31)
    assert look(signed_in) is None
    clock.advance(**back)
    assert look(signed_in) is None


def test_an_expired_session_stays_closed_for_a_process_started_with_a_wrong_clock(
    store, look, signed_in, clock
):
    """Once closed in the store, no clock matters."""
    clock.advance(minutes=31)
    with store.write() as tx:
        assert close_expired_sessions(tx) == 1
        assert close_expired_sessions(tx) == 0
    assert seen_by_process_started_at(store, clock.wall() - timedelta(minutes=30), signed_in) is None


def test_a_session_seen_in_the_future_is_not_believed(store, signed_in, clock):
    """A clock that is provably wrong fails closed."""
    assert seen_by_process_started_at(store, clock.wall() - timedelta(hours=1), signed_in) is None
    assert seen_by_process_started_at(store, clock.wall(), signed_in) is not None


def test_most_requests_write_nothing(store, look, signed_in, clock):
    """Being seen is noted once a minute."""
    clock.advance(seconds=59)
    assert not touch_is_due(look(signed_in).last_seen_at, clock.now())
    use(store, clock, signed_in, seconds=0)
    assert look(signed_in).last_seen_at == clock.now() - timedelta(seconds=59)
    clock.advance(seconds=1)
    assert touch_is_due(look(signed_in).last_seen_at, clock.now())
    use(store, clock, signed_in, seconds=0)
    assert look(signed_in).last_seen_at == clock.now()


def test_freshness_is_a_window_from_the_factor(look, signed_in, clock):
    """Fresh before its end, stale at it, and never with the password alone."""
    window = timedelta(minutes=5)
    session = look(signed_in)
    assert fresh_enough(session.mfa_at, window, clock.now())
    assert not fresh_enough(session.mfa_at, window, clock.advance(minutes=5))
    assert not fresh_enough(session.mfa_at, window, session.mfa_at - timedelta(seconds=1))


def test_signing_out_ends_one_session_once(store, ledger, look, signed_in, clinician, events):
    """Twice is success and one entry."""
    session_id = look(signed_in).id
    for _ in range(2):
        with store.write() as tx:
            end_session(tx, ledger, session_id, actor=clinician.id, why=Why.SIGNED_OUT)
    assert look(signed_in) is None
    assert events().count("session.ended") == 1
    with pytest.raises(NotFound), store.write() as tx:
        end_session(tx, ledger, "session_0", actor=clinician.id, why=Why.SIGNED_OUT)


def test_a_person_sees_their_sessions_and_ends_all_others(store, ledger, look, signed_in, clinician, clock):
    """The latest first, with device and source; the one in use may stay."""
    clock.advance(minutes=1)
    with store.write() as tx:
        other = begin(tx, clinician.id, Caller("203.0.113.5", "Phone"))
        assert [found.device for found in sessions_of(tx, clinician.id)] == [
            "Phone",
            "Firefox on the ward PC",
        ]
        here = look_up(tx, signed_in).id
        why = Why.SIGNED_OUT_EVERYWHERE
        assert end_all_sessions(tx, ledger, clinician.id, actor=clinician.id, why=why, keep=here) == 1
    assert look(other.token) is None
    assert look(signed_in) is not None


def test_disabling_a_person_ends_their_sessions(store, ledger, look, signed_in, clinician, events):
    """At once, in the same commit."""
    with store.write() as tx:
        disable(tx, ledger, clinician.id, actor="broker")
    assert look(signed_in) is None
    assert events()[-2:] == ["person.disabled", "session.ended"]


def test_a_session_that_slipped_past_the_disabling_opens_nothing(store, ledger, look, clinician):
    """One that was begun in the same moment is refused by who it belongs to."""
    with store.write() as tx:
        disable(tx, ledger, clinician.id, actor="broker")
        token = begin(tx, clinician.id, Caller("x")).token
    assert look(token) is None


def test_a_change_of_roles_is_felt_at_the_next_request(store, ledger, look, signed_in, clinician):
    """Roles are read with the session, never kept in it."""
    with store.write() as tx:
        set_roles(tx, ledger, clinician.id, [Role.REVIEWER, Role.ADMIN], actor="broker")
    assert look(signed_in).person.roles == {Role.REVIEWER, Role.ADMIN}
    with store.write() as tx:
        set_roles(tx, ledger, clinician.id, [], actor="broker")
    assert look(signed_in).person.roles == frozenset()


def test_what_a_caller_says_of_itself_is_cut_to_plain_text():
    """A browser's name is shown on pages, so it is short and printable."""
    caller = Caller("  192.0.2.1\r\n", "\x1b[31mred" + "x" * 500)
    assert caller.source == "192.0.2.1"
    assert caller.device.startswith("[31mred")
    assert len(caller.device) == 120
    assert Caller("").source == "unknown"
