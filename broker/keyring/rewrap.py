"""Wraps the ring's keys by the newest key-encryption key; the keys themselves stay."""

from __future__ import annotations

from dataclasses import dataclass, replace

from broker.errors import BrokerError
from broker.keyring.make import context_of, opened
from broker.keyring.ring import KeyRing
from broker.keyring.ring_key import KeyState, RingKey
from broker.ledger.entry import Entry


@dataclass(frozen=True)
class RewrappedKeys:
    """Ids of the keys that were moved, and of those that would not open."""

    moved: tuple[str, ...]
    stuck: tuple[str, ...]


def rewrap_ring(ring: KeyRing, *, actor: str) -> RewrappedKeys:
    """Run again when it was interrupted. A key that does not open is named and stops no other."""
    shop = ring.workshop
    target = shop.keys.current_id
    kept = [key for key in ring.refresh().keys if key.state is not KeyState.WITHDRAWN]
    left = [key for key in kept if key.wrapped.key_id != target]
    # A key service may be a network away, so wrapping happens before the transaction.
    pairs = [(key, _rewrapped(ring, key)) for key in left]
    stuck = tuple(key.kid for key, after in pairs if after is None)
    if not pairs:
        return RewrappedKeys((), ())
    with shop.store.write() as tx:
        now = {key.kid: key for key in shop.rows.read(tx).keys}
        # One that turned in the meantime is found by the next run.
        still = [(key, after) for key, after in pairs if after is not None and now.get(key.kid) == key]
        moved = tuple(shop.rows.change(tx, key, after).kid for key, after in still)
        facts = {"moved": list(moved), "stuck": list(stuck), "under": target}
        shop.ledger.append(tx, Entry("keys.rewrapped", actor, facts=facts))
    return RewrappedKeys(moved, stuck)


def _rewrapped(ring: KeyRing, key: RingKey) -> RingKey | None:
    keys = ring.workshop.keys
    try:
        secret = opened(key, keys)
    except BrokerError:
        return None
    return replace(key, wrapped=keys.wrap(secret, context_of(key)))
