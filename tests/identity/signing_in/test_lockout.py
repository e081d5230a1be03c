from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from broker.identity.signing_in.lockout import (
    FREE_TRIES,
    LONGEST_DELAY,
    LONGEST_DELAY_KNOWN,
    PATIENCE_WITH_KNOWN,
    Door,
    Kind,
    clear,
    count_failure,
    delay_after,
    locked_until,
)
from broker.identity.tables import failed_tries

STRANGER = Door(Kind.CODE, "person_1", "203.0.113.1", known=False)
HOME = Door(Kind.CODE, "person_1", "192.0.2.10", known=True)


@pytest.fixture
def fail(store):
    def act(door, times=1):
        until = None
        for _ in range(times):
            with store.write() as tx:
                until = count_failure(tx, door)
        return until

    return act


@pytest.fixture
def locked(store):
    def ask(door):
        with store.read() as reader:
            return locked_until(reader, door)

    return ask


def test_delays_grow_and_are_capped():
    """Typing errors are free; then half a minute, doubled, a quarter of an hour at most."""
    delays = [delay_after(count, free=5, longest=LONGEST_DELAY) for count in range(4, 12)]
    assert delays[0] is None
    assert [delay.total_seconds() for delay in delays[1:]] == [30, 60, 120, 240, 480, 900, 900]
    assert delay_after(10**9, free=5, longest=LONGEST_DELAY) == LONGEST_DELAY


def test_wrong_tries_lock_for_a_while_and_no_longer(fail, locked, clock):
    """The lock says when it ends, and it does."""
    assert fail(STRANGER, FREE_TRIES - 1) is None
    assert locked(STRANGER) is None
    until = fail(STRANGER)
    assert until == clock.now() + timedelta(seconds=30)
    assert locked(STRANGER) == until
    clock.advance(seconds=30)
    assert locked(STRANGER) is None


def test_tries_that_arrive_at_a_locked_door_do_not_make_the_lock_longer(fail, clock):
    """Of many sent at once, those counted after the lock change nothing."""
    until = fail(STRANGER, FREE_TRIES)
    assert fail(STRANGER, 10) == until
    clock.advance(seconds=30)
    assert fail(STRANGER) == clock.now() + timedelta(seconds=60)


def test_setting_the_clock_back_does_not_lengthen_or_shorten_a_lock(fail, locked, clock):
    """Locks are counted in the broker's time, which never goes back."""
    until = fail(STRANGER, FREE_TRIES)
    clock.advance(seconds=30)
    assert locked(STRANGER) is None
    clock.advance(hours=-1)
    assert locked(STRANGER) is None
    assert until == clock.now()


def test_what_strangers_do_never_locks_a_known_source(fail, locked):
    """An attacker anywhere else cannot keep a clinician out at their own desk."""
    for number in range(100):
        fail(Door(Kind.CODE, "person_1", f"203.0.113.{number}", known=False), 6)
    assert locked(STRANGER) is not None
    assert locked(HOME) is None


def test_guessing_from_many_sources_is_slowed_as_one(fail, locked):
    """A new address does not bring new free tries for ever."""
    for number in range(20):
        fail(Door(Kind.CODE, "person_1", f"203.0.113.{number}", known=False))
    assert locked(Door(Kind.CODE, "person_1", "198.51.100.7", known=False)) is not None


def test_typing_errors_at_a_known_source_do_not_count_against_strangers(fail, locked):
    """A clinician who mistypes at their desk can still use another device."""
    fail(HOME, 30)
    assert locked(HOME) is not None
    assert locked(STRANGER) is None


def test_a_known_source_waits_a_minute_at_most_until_it_looks_like_an_attack(fail, clock):
    """Then its own tries lock it as long as a stranger's."""
    for _ in range(PATIENCE_WITH_KNOWN - 1):
        until = fail(HOME)
        assert until is None or until <= clock.now() + LONGEST_DELAY_KNOWN
        clock.advance(minutes=1)
    assert fail(HOME) == clock.now() + LONGEST_DELAY


def test_success_clears_its_own_source_only(store, fail, locked):
    """The owner's sign-in gives an attacker elsewhere no new tries."""
    fail(STRANGER, FREE_TRIES)
    fail(HOME, FREE_TRIES)
    with store.write() as tx:
        clear(tx, HOME)
    assert locked(HOME) is None
    assert locked(STRANGER) is not None


def test_other_accounts_and_other_kinds_are_not_touched(fail, locked):
    """A lock is about one account and one thing tried."""
    fail(STRANGER, FREE_TRIES)
    assert locked(Door(Kind.CODE, "person_2", STRANGER.source, known=False)) is None
    assert locked(Door(Kind.PASSWORD, "person_1", STRANGER.source, known=False)) is None


def test_tries_are_forgotten_after_a_day_of_quiet(store, fail, locked, clock):
    """Which also keeps a flood of made-up accounts from filling the table."""
    for number in range(10):
        fail(Door(Kind.PASSWORD, f"made-up-{number}", "203.0.113.1", known=False))
    clock.advance(hours=25)
    fail(STRANGER)
    with store.read() as reader:
        assert reader.execute(select(func.count()).select_from(failed_tries)).scalar_one() == 2
