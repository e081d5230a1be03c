"""Several processes, one ring: which key signs, which are believed, and for how long."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from broker.clock import SettableClock
from broker.credentials.links.hand_out import LINK_LIFETIME
from broker.credentials.tokens.issue import LIFETIME
from broker.errors import Unavailable
from broker.keyring.lifetimes import BELIEVED_AFTER, JWKS_LIFETIME, LONGEST_LIFE, PUBLISHED_AHEAD
from broker.keyring.ring import KeyRing
from broker.keyring.ring_key import KeyState, KeyUse
from broker.keyring.tables import token_keys
from broker.policy.coherence import LONGEST_TOKEN
from broker.store import Store
from broker.web.issuing.documents import KEPT_S
from tests.keyring.conftest import PERIOD, Ringing
from tests.keyring.events import entries, events


def kids(ring: KeyRing) -> set[str]:
    return {str(key.kid) for key in ring.published().keys}


def test_the_first_start_makes_what_is_needed(ring: KeyRing, store: Store) -> None:
    """One key signs and one is prepared, for tokens and for links, each written down; a second look makes none."""
    ring.ready()
    assert events(store) == ["keys.made"] * 4
    assert len(kids(ring)) == 2
    assert ring.current().is_private
    assert not any(key.is_private for key in ring.published().keys)
    assert len(ring.link_secrets()) == 2


def test_no_secret_is_in_the_database_or_the_ledger(ring: KeyRing, store: Store) -> None:
    """The private halves appear nowhere but wrapped."""
    secret = ring.current().as_dict(private=True)["d"]
    with store.read() as reader:
        stored = repr(reader.all(token_keys.select())) + repr(entries(store))
    assert str(secret) not in stored
    assert not any(repr(each)[2:-1] in stored for each in ring.link_secrets())


def test_another_process_signs_by_the_same_key(ring: KeyRing, another: Ringing) -> None:
    """The ring is in the database: a process that starts later makes nothing of its own."""
    later = another()
    assert later.current().kid == ring.current().kid
    assert list(later.link_secrets()) == list(ring.link_secrets())


def test_many_first_starts_at_once_end_with_one_ring(another: Ringing, store: Store) -> None:
    """Eight processes that find nothing agree on one key of each kind."""
    rings = [another() for _ in range(8)]
    threads = [threading.Thread(target=each.ready) for each in rings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in rings:
        each.ready()
    assert len({each.current().kid for each in rings}) == 1
    assert events(store) == ["keys.made"] * 4


def test_a_key_is_published_long_before_it_signs(
    ring: KeyRing, another: Ringing, clock: SettableClock
) -> None:
    """Every checker had the time to fetch the next key, however often rotation is asked for."""
    hasty = another(period=timedelta(0))
    first = ring.current().kid
    clock.advance(seconds=(PUBLISHED_AHEAD - timedelta(seconds=1)).total_seconds())
    hasty.ready()
    assert hasty.current().kid == first
    known = kids(ring)
    clock.advance(seconds=1)
    hasty.ready()
    assert hasty.current().kid in known - {first}
    assert PUBLISHED_AHEAD > JWKS_LIFETIME


def test_the_schedule_turns_the_ring(ring: KeyRing, another: Ringing, clock: SettableClock) -> None:
    """After its period a key stops signing, is believed until what it signed is over, and then is gone for good."""
    other, first = another(), str(ring.current().kid)
    other.ready()
    clock.advance(seconds=(PERIOD - timedelta(seconds=1)).total_seconds())
    ring.ready()
    assert ring.current().kid == first
    clock.advance(seconds=1)
    ring.ready()
    other.ready()
    assert ring.current().kid == other.current().kid != first
    assert first in kids(ring) & kids(other)
    clock.advance(seconds=(BELIEVED_AFTER - timedelta(seconds=1)).total_seconds())
    ring.ready()
    assert first in kids(ring)
    clock.advance(seconds=1)
    other.ready()
    ring.ready()
    assert first not in kids(ring) | kids(other)


def test_nothing_outlives_the_key_that_signed_it() -> None:
    """An old key is believed longer than the longest token or link lives, whoever says how long that is."""
    assert BELIEVED_AFTER > LONGEST_LIFE
    assert max(LONGEST_TOKEN, LIFETIME, LINK_LIFETIME) <= LONGEST_LIFE


def test_nobody_keeps_the_published_keys_longer_than_a_key_is_known() -> None:
    """What the document allows a checker to keep is what publishing ahead reckons with."""
    assert timedelta(seconds=KEPT_S) <= JWKS_LIFETIME


def test_a_withdrawn_key_leaves_no_secret(ring: KeyRing, store: Store, clock: SettableClock) -> None:
    """Its row stays as a memory, its private half does not."""
    first = ring.current().kid
    for days in (31, 1):
        clock.advance(days=days)
        ring.ready()
    with store.read() as reader:
        row = reader.one_or_none(token_keys.select().where(token_keys.c.kid == first))
    assert row is not None
    assert (row.state, row.wrapped, row.wrapped_by) == ("withdrawn", b"", "")


def test_two_processes_that_turn_at_once_turn_once(
    ring: KeyRing, another: Ringing, store: Store, clock: SettableClock
) -> None:
    """The moment rotation is due in every process, one of them does it."""
    rings = [ring, *(another() for _ in range(5))]
    for each in rings:
        each.ready()
    clock.advance(days=31)
    threads = [threading.Thread(target=each.ready) for each in rings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert events(store).count("keys.switched") == 2  # one of tokens, one of links
    for each in rings:
        each.ready()
    assert len({each.current().kid for each in rings}) == 1
    rows = ring.refresh()
    for use in KeyUse:
        states = sorted(key.state for key in rows.keys if key.use is use)
        assert states == [KeyState.CURRENT, KeyState.NEXT, KeyState.OLD]


def test_another_algorithm_begins_with_the_next_key(
    ring: KeyRing, another: Ringing, clock: SettableClock
) -> None:
    """A change of setting replaces the prepared key at once and the signing one when it is time."""
    edwards = another(alg="Ed25519")
    edwards.ready()
    assert edwards.current().kid == ring.current().kid
    assert [key.alg for key in edwards.refresh().only(KeyUse.TOKENS, KeyState.NEXT)] == ["Ed25519"]
    clock.advance(days=31)
    edwards.ready()
    assert edwards.current().alg == "Ed25519"


def test_a_shorter_period_counts_at_once(ring: KeyRing, another: Ringing, clock: SettableClock) -> None:
    """Who shortens the setting does not wait for the longer one to end."""
    first = ring.current().kid
    clock.advance(days=2)
    daily = another(period=timedelta(days=1))
    daily.ready()
    assert daily.current().kid != first


def test_signing_asks_nobody(ring: KeyRing, store: Store) -> None:
    """Within a transaction that holds the only lock, the key is at hand without database or key service."""
    with store.write():
        assert ring.current().is_private
        assert len(kids(ring)) == 2


def test_no_key_yet_and_none_to_be_made_is_said(another: Ringing, folder, tmp_path) -> None:
    """Without its key-encryption key the broker signs nothing and says what to do; nothing raises before."""
    for file in (tmp_path / "kek").iterdir():
        file.unlink()
    ring = another()
    ring.ready()
    for sign in (ring.current, ring.link_secrets):
        with pytest.raises(Unavailable, match="There is none yet") as refused:
            sign()
        assert "broker doctor" in refused.value.help
