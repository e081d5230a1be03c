"""Moves every data key under the newest key-encryption key; no recording is rewritten."""

from __future__ import annotations

from dataclasses import dataclass

from broker.errors import Unavailable
from broker.key_encryption.wrapping import KeyEncryptionKey, WrappedKey
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Store
from broker.vault.keys import context_of
from broker.vault.objects import VaultObject, objects_not_under, replace_wrapping

BATCH = 200


@dataclass(frozen=True)
class Rewrapped:
    """Ids of the holdings whose key was moved, and of those whose key would not open."""

    moved: tuple[str, ...] = ()
    stuck: tuple[str, ...] = ()

    def __add__(self, other: Rewrapped) -> Rewrapped:
        return Rewrapped(self.moved + other.moved, self.stuck + other.stuck)


def rewrap_all(store: Store, ledger: Ledger, keys: KeyEncryptionKey, *, actor: str) -> Rewrapped:
    """Rewrap in batches while playback goes on; interrupted, it is simply run again.

    A key that will not open stops nothing else: its holding is named in the answer and the ledger.
    """
    target, done, after = keys.current_id, Rewrapped(), ""
    while True:
        with store.read() as reader:
            batch = objects_not_under(reader, target, after=after, most=BATCH)
        if not batch:
            return done
        # A key service may be a network away, so wrapping happens outside any transaction.
        done += _commit(store, ledger, actor, [(item, _rewrapped(keys, item)) for item in batch])
        after = batch[-1].holding_id


def _rewrapped(keys: KeyEncryptionKey, item: VaultObject) -> WrappedKey | None:
    context = context_of(item.holding_id)
    try:
        data_key = keys.unwrap(item.wrapped, context)
    except Unavailable:
        return None
    return keys.wrap(data_key, context)


def _commit(
    store: Store, ledger: Ledger, actor: str, batch: list[tuple[VaultObject, WrappedKey | None]]
) -> Rewrapped:
    stuck = tuple(item.holding_id for item, wrapped in batch if wrapped is None)
    with store.write() as tx:
        moved = tuple(
            item.holding_id for item, wrapped in batch if wrapped and replace_wrapping(tx, item, wrapped)
        )
        facts = {"moved": list(moved), "stuck": list(stuck)}
        ledger.append(tx, Entry("vault.rewrapped", actor, facts=facts))
    return Rewrapped(moved, stuck)
