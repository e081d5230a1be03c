"""Appends entries to the chain inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from broker.ledger.entry import Entry, Recorded
from broker.store import Transaction

Observer = Callable[[Transaction, Recorded], None]


class Ledger:
    """The chain's writer. Observers run in the same transaction, so what they write commits with the entry."""

    def __init__(self, observers: Iterable[Observer] = ()) -> None:
        self._observers = tuple(observers)

    def append(self, tx: Transaction, entry: Entry) -> Recorded:
        raise NotImplementedError
