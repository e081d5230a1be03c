"""Rotation on command, and the end of a key that leaked."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from broker.clock import SettableClock
from broker.errors import BrokerError, Conflict, NotFound
from broker.keyring.lifetimes import BELIEVED_AFTER, PUBLISHED_AHEAD
from broker.keyring.ring import KeyRing
from broker.keyring.ring_key import KeyState, KeyUse
from broker.keyring.rotate import Rotated, rotate, rotate_now, withdraw
from broker.store import Store
from tests.keyring.conftest import Ringing
from tests.keyring.events import entries, events
from tests.keyring.test_ring import kids

ME = "command-line"
NOBODY: frozenset[str] = frozenset()


def states(ring: KeyRing, use: KeyUse = KeyUse.TOKENS) -> dict[str, KeyState]:
    return {key.kid: key.state for key in ring.refresh().keys if key.use is use}


def test_a_key_known_to_everybody_signs_at_once(
    ring: KeyRing, another: Ringing, clock: SettableClock
) -> None:
    """The prepared key was published long enough: it signs now, the other one stays believed, a new one is prepared."""
    other, first = another(), str(ring.current().kid)
    clock.advance(days=1)
    done = rotate(ring, KeyUse.TOKENS, actor=ME)
    other.ready()
    assert other.current().kid == ring.current().kid == done.kid
    assert done.signs_from == clock.now()
    assert states(ring)[first] is KeyState.OLD
    assert sorted(states(ring).values()) == [KeyState.CURRENT, KeyState.NEXT, KeyState.OLD]


def test_a_key_too_new_is_waited_for(ring: KeyRing, clock: SettableClock, store: Store) -> None:
    """Asked for early, rotation happens by itself as soon as every checker can know the key."""
    first = ring.current().kid
    done = rotate(ring, KeyUse.TOKENS, actor=ME)
    assert ring.current().kid == first
    assert done.signs_from - clock.now() <= PUBLISHED_AHEAD
    clock.advance(seconds=PUBLISHED_AHEAD.total_seconds())
    ring.ready()
    assert ring.current().kid == done.kid
    assert events(store)[4:] == ["keys.rotation_asked", "keys.switched", "keys.made"]


def test_now_means_now(ring: KeyRing, clock: SettableClock) -> None:
    """Who insists signs by the prepared key at once."""
    first = str(ring.current().kid)
    done = rotate_now(ring, KeyUse.TOKENS, NOBODY, actor=ME)
    assert ring.current().kid == done.kid != first
    assert states(ring)[first] is KeyState.OLD


def test_a_leaked_key_is_believed_no_longer(ring: KeyRing, another: Ringing, store: Store) -> None:
    """It signs nothing more, is published no more, in every process, and the ledger says that it leaked."""
    other, first = another(), str(ring.current().kid)
    rotate_now(ring, KeyUse.TOKENS, frozenset({first}), actor=ME)
    other.ready()
    for each in (ring, other):
        assert first not in kids(each)
        assert each.current().kid != first
    (told,) = [entry for entry in entries(store) if entry.event == "keys.withdrawn"]
    assert (told.actor, told.facts) == (ME, {"kid": first, "use": "tokens", "compromised": True})


def test_everything_leaked(ring: KeyRing) -> None:
    """With the prepared key out too, a fresh one signs, and none of the old is left."""
    before = set(states(ring))
    rotate_now(ring, KeyUse.TOKENS, frozenset(before), actor=ME)
    assert kids(ring).isdisjoint(before)
    assert all(states(ring)[kid] is KeyState.WITHDRAWN for kid in before)
    assert sorted(state for kid, state in states(ring).items() if kid not in before) == ["current", "next"]


def test_only_the_leaked_next_key_is_replaced(ring: KeyRing) -> None:
    """A prepared key that leaked never signs."""
    (leaked,) = [kid for kid, state in states(ring).items() if state is KeyState.NEXT]
    done = rotate_now(ring, KeyUse.TOKENS, frozenset({leaked}), actor=ME)
    assert done.kid != leaked
    assert leaked not in kids(ring)


def test_an_old_key_that_leaked(ring: KeyRing) -> None:
    """It is withdrawn before its time."""
    first = str(ring.current().kid)
    rotate_now(ring, KeyUse.TOKENS, NOBODY, actor=ME)
    rotate_now(ring, KeyUse.TOKENS, frozenset({first}), actor=ME)
    assert first not in kids(ring)


def test_links_turn_apart_from_tokens(ring: KeyRing) -> None:
    """The key of links rotates alone, and what the former one signed is still read."""
    token, *_, signing = ring.current().kid, *ring.link_secrets()
    rotate_now(ring, KeyUse.LINKS, NOBODY, actor=ME)
    assert ring.current().kid == token
    assert signing in ring.link_secrets()[:-1]


@pytest.mark.parametrize("use", list(KeyUse))
def test_a_key_nobody_knows_is_refused_before_anything_moves(ring: KeyRing, use: KeyUse) -> None:
    """A mistyped key, or a key of the other use, changes nothing."""
    other = KeyUse.LINKS if use is KeyUse.TOKENS else KeyUse.TOKENS
    before = ring.refresh()
    for kid in ("nobody", *states(ring, other)):
        with pytest.raises(NotFound, match="is called"):
            rotate_now(ring, use, frozenset({kid}), actor=ME)
    assert ring.refresh() == before


def test_a_key_is_not_withdrawn_before_its_time(ring: KeyRing, clock: SettableClock) -> None:
    """What it signed may live: the command says until when, and does it all the same when it leaked."""
    first = str(ring.current().kid)
    with pytest.raises(Conflict, match="signs now") as refused:
        withdraw(ring, first, force=False, actor=ME)
    assert "--compromised" in refused.value.help
    rotate_now(ring, KeyUse.TOKENS, NOBODY, actor=ME)
    with pytest.raises(Conflict, match="may live until 2026-03-01 12:15 UTC"):
        withdraw(ring, first, force=False, actor=ME)
    withdraw(ring, first, force=True, actor=ME)
    assert first not in kids(ring)
    for force in (False, True):
        with pytest.raises(Conflict, match="already"):
            withdraw(ring, first, force=force, actor=ME)
    with pytest.raises(NotFound, match="nobody"):
        withdraw(ring, "nobody", force=True, actor=ME)


def test_an_old_key_can_go_once_its_time_is_over(ring: KeyRing, clock: SettableClock) -> None:
    """Then it needs no force, whether or not the clock that does so by itself has rung."""
    first = str(ring.current().kid)
    rotate_now(ring, KeyUse.TOKENS, NOBODY, actor=ME)
    clock.advance(seconds=BELIEVED_AFTER.total_seconds())
    withdraw(ring, first, force=False, actor=ME)
    assert first not in kids(ring)


def test_withdrawing_the_signing_key_leaves_the_prepared_one(ring: KeyRing) -> None:
    """The one everybody knows already takes its place; nothing unknown is signed by."""
    (following,) = [kid for kid, state in states(ring).items() if state is KeyState.NEXT]
    withdraw(ring, str(ring.current().kid), force=True, actor=ME)
    assert ring.current().kid == following


def test_commands_racing_leave_one_signing_key(ring: KeyRing, another: Ringing, clock: SettableClock) -> None:
    """Rotations, schedules and withdrawals at once: some are refused, and one key signs in the end."""
    clock.advance(days=31)
    first, rings = str(ring.current().kid), [another() for _ in range(6)]
    done: list[Rotated | BrokerError | None] = []

    def act(turn: int, each: KeyRing) -> None:
        try:
            if turn % 3 == 0:
                done.append(rotate_now(each, KeyUse.TOKENS, frozenset({first}), actor=ME))
            elif turn % 3 == 1:
                done.append(rotate(each, KeyUse.TOKENS, actor=ME))
            else:
                each.ready()
        except BrokerError as refused:
            done.append(refused)

    threads = [threading.Thread(target=act, args=pair) for pair in enumerate(rings)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in rings:
        each.ready()
    assert len({each.current().kid for each in rings}) == 1
    assert all(isinstance(each, Rotated | Conflict | NotFound) for each in done)
    counted = list(states(ring).values())
    assert (counted.count(KeyState.CURRENT), counted.count(KeyState.NEXT)) == (1, 1)
    assert first not in kids(ring)


def test_the_times_that_are_told_are_kept(ring: KeyRing, clock: SettableClock) -> None:
    """A rotation brought forward is not put off by asking again."""
    told = rotate(ring, KeyUse.TOKENS, actor=ME).signs_from
    clock.advance(minutes=1)
    assert rotate(ring, KeyUse.TOKENS, actor=ME).signs_from == told
    assert told - clock.now() < PUBLISHED_AHEAD - timedelta(seconds=1)
