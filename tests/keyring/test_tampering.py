"""Whoever can write to the database gains no key and has none believed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert, update

from broker.clock import SettableClock
from broker.errors import Unavailable
from broker.keyring.examine import examine_ring
from broker.keyring.make import token_key
from broker.keyring.ring import KeyRing
from broker.keyring.ring_key import KeyState, KeyUse
from broker.keyring.rotate import rotate_now, withdraw
from broker.keyring.tables import token_keys
from broker.store import Store
from tests.keyring.conftest import Ringing
from tests.keyring.events import events
from tests.keyring.test_ring import kids

Rows = dict[str, dict[str, Any]]


def rows_of(store: Store, use: str = "tokens") -> Rows:
    """By their state."""
    with store.read() as reader:
        rows = reader.all(token_keys.select().where(token_keys.c.use == use))
    return {row.state: dict(row._mapping) for row in rows}


def edit(store: Store, kid: str, **values: Any) -> None:
    with store.write() as tx:
        tx.execute(update(token_keys).where(token_keys.c.kid == kid).values(**values))


def test_a_key_that_somebody_added_is_not_published(ring: KeyRing, another: Ringing, store: Store) -> None:
    """A forger's public key in the table reaches no checker, under any stamp that can be copied."""
    forged, good = token_key("ES256"), rows_of(store)["current"]
    row = {**good, "kid": forged.kid, "state": "old", "public_jwk": dict(forged.public_jwk or {})}
    with store.write() as tx:
        tx.execute(insert(token_keys).values(**row))
    for each in (ring, another()):
        each.ready()
        assert forged.kid not in kids(each)
        assert [finding.good for finding in examine_ring(each)] == [True, True, True, False]


EDITS: dict[str, Callable[[Rows], dict[str, Any]]] = {
    "another public key": lambda _: {"public_jwk": dict(token_key("ES256").public_jwk or {})},
    "the next key's public half": lambda rows: {"public_jwk": rows["next"]["public_jwk"]},
    "no public key": lambda _: {"public_jwk": None},
    "another algorithm": lambda _: {"alg": "none"},
    "another use": lambda _: {"use": "sig"},
    "another state": lambda _: {"state": "old"},
    "a state nobody knows": lambda _: {"state": "eternal"},
    "another start": lambda rows: {"current_from": rows["next"]["current_from"]},
    "an end": lambda rows: {"withdraw_at": rows["next"]["current_from"]},
    "another stamp": lambda rows: {"stamp": rows["next"]["stamp"]},
    "an empty stamp": lambda _: {"stamp": b""},
}


@pytest.mark.parametrize("what", EDITS)
def test_an_edited_key_is_believed_no_longer(
    ring: KeyRing, another: Ringing, store: Store, what: str
) -> None:
    """Its row is refused in every process, the prepared key takes its place, and the doctor tells."""
    rows, first = rows_of(store), str(ring.current().kid)
    edit(store, first, **EDITS[what](rows))
    for each in (ring, another()):
        each.ready()
        assert each.current().kid == rows["next"]["kid"]
        assert first not in kids(each)
        assert any(first in finding.words and not finding.good for finding in examine_ring(each))


def test_swapped_secrets_sign_nothing(ring: KeyRing, another: Ringing, store: Store) -> None:
    """Wrapped halves exchanged between two rows open as neither; checking goes on, and a fresh key can be made."""
    rows = rows_of(store)
    first, following = rows["current"], rows["next"]
    edit(store, first["kid"], wrapped=following["wrapped"])
    edit(store, following["kid"], wrapped=first["wrapped"])
    fresh = another()
    assert first["kid"] in kids(fresh)
    with pytest.raises(Unavailable, match="not what was put away"):
        fresh.current()
    done = rotate_now(fresh, KeyUse.TOKENS, frozenset(), actor="command-line")
    assert fresh.current().kid == done.kid not in {first["kid"], following["kid"]}


def test_a_withdrawn_key_does_not_come_back(ring: KeyRing, store: Store, clock: SettableClock) -> None:
    """Setting the state back revives neither the key nor its secret."""
    first = str(ring.current().kid)
    for days in (31, 1):
        clock.advance(days=days)
        ring.ready()
    edit(store, first, state="old")
    ring.ready()
    assert first not in kids(ring)


def test_a_copy_of_an_old_row_revives_nothing(ring: KeyRing, another: Ringing, store: Store) -> None:
    """A row kept from when the key was good, stamp and all, is refused: the ledger remembers that it was withdrawn."""
    kept = rows_of(store)["current"]
    rotate_now(ring, KeyUse.TOKENS, frozenset({kept["kid"]}), actor="command-line")
    with store.write() as tx:
        tx.execute(token_keys.delete().where(token_keys.c.use == "tokens"))
        tx.execute(insert(token_keys).values(**kept))
    for each in (another(), ring):
        each.ready()
        assert kept["kid"] not in kids(each)
        assert each.current().kid != kept["kid"]


def test_a_row_in_the_way_is_put_aside(ring: KeyRing, store: Store) -> None:
    """Edited rows keep the broker from nothing: they make room, the ledger says so, and they can be removed."""
    edited = [str(row["kid"]) for row in rows_of(store).values()]
    for kid in edited:
        edit(store, kid, stamp=b"")
    ring.ready()
    assert "keys.refused" in events(store)
    assert ring.current().is_private
    states = [key.state for key in ring.refresh().keys if key.use is KeyUse.TOKENS]
    assert sorted(states) == [KeyState.CURRENT, KeyState.NEXT]
    for kid in edited:
        withdraw(ring, kid, force=False, actor="command-line")
    assert all(finding.good for finding in examine_ring(ring))


def test_a_ring_of_which_nothing_is_believed_is_left_alone(
    ring: KeyRing, another: Ringing, store: Store
) -> None:
    """A node with a wrong identity.key pushes no good ring aside; it signs nothing and says why."""
    before, stranger = kids(ring), another(secret=b"x" * 32)
    stranger.ready()
    with pytest.raises(Unavailable, match="There is none yet"):
        stranger.current()
    assert kids(stranger) == set()
    assert not all(finding.good for finding in examine_ring(stranger))
    ring.ready()
    assert kids(ring) == before
    assert events(store) == ["keys.made"] * 4


def test_a_ring_made_anew_on_purpose(ring: KeyRing, another: Ringing) -> None:
    """Whoever lost identity.key for good makes new keys by a command, for tokens and for links."""
    reborn = another(secret=b"x" * 32)
    for use in KeyUse:
        rotate_now(reborn, use, frozenset(), actor="command-line")
    assert reborn.current().kid in kids(reborn)
    assert kids(reborn).isdisjoint(kids(ring))
    assert reborn.link_secrets()


def test_an_emptied_table_is_filled_again(ring: KeyRing, store: Store) -> None:
    """Deleted rows take the keys with them: what they signed is refused from then on."""
    before = kids(ring)
    with store.write() as tx:
        tx.execute(token_keys.delete())
    ring.ready()
    assert kids(ring).isdisjoint(before)
    assert ring.current().kid in kids(ring)
