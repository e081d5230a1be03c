"""Appends entries to the chain inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from broker.errors import Unavailable
from broker.ledger.body import compose, leaf_digest
from broker.ledger.entry import Entry, Recorded
from broker.ledger.tables import ledger_entries, ledger_head
from broker.store import Transaction

_VERIFY_IT = "Run: broker audit verify. Then restore the database from its last backup."

Observer = Callable[[Transaction, Recorded], None]

_LOCK_HEAD = select(ledger_head.c.seq, ledger_head.c.digest, ledger_head.c.at).with_for_update()
_ADD = insert(ledger_entries)
_MOVE_HEAD = (
    update(ledger_head)
    .where(ledger_head.c.seq == bindparam("left_seq"), ledger_head.c.digest == bindparam("left_digest"))
    .values(seq=bindparam("new_seq"), digest=bindparam("new_digest"), at=bindparam("new_at"))
)


class Ledger:
    """The chain's writer. Observers run in the same transaction, so what they write commits with the entry."""

    def __init__(self, observers: Iterable[Observer] = ()) -> None:
        self._observers = tuple(observers)

    def append(self, tx: Transaction, entry: Entry) -> Recorded:
        """Give ``entry`` its place and write it; it stands once the caller's transaction commits.

        The head stays locked until then, so writers queue here: append after the
        slow part of the work. Raises Invalid for facts that cannot be kept and
        Unavailable when the chain cannot be continued.
        """
        head = _locked_head(tx)
        seq, at = head.seq + 1, max(tx.at, head.at)
        body = compose(entry, seq, at, head.digest)
        digest = leaf_digest(body)
        row = _columns(entry, seq, at) | {"previous": head.digest, "digest": digest, "body": body.decode()}
        try:
            tx.execute(_ADD, row)
            _move_head(tx, head, seq, digest, at)
        except IntegrityError as error:
            raise Unavailable(
                "The ledger's next place is taken, so nothing was changed.", help=_VERIFY_IT
            ) from error
        recorded = Recorded(seq, at, digest, entry)
        for observe in self._observers:
            observe(tx, recorded)
        return recorded


def _locked_head(tx: Transaction) -> Row[Any]:
    head = tx.one_or_none(_LOCK_HEAD)
    if head is None:
        raise Unavailable(
            "The ledger has lost its head, so nothing was changed.",
            help=_VERIFY_IT,
        )
    return head


def _columns(entry: Entry, seq: int, at: datetime) -> dict[str, Any]:
    return {
        "seq": seq,
        "at": at,
        "event": entry.event,
        "actor_id": entry.actor,
        "request_id": entry.request,
        "grant_id": entry.grant,
        "subject_id": entry.subject,
    }


def _move_head(tx: Transaction, left: Row[Any], seq: int, digest: str, at: datetime) -> None:
    values = {
        "left_seq": left.seq,
        "left_digest": left.digest,
        "new_seq": seq,
        "new_digest": digest,
        "new_at": at,
    }
    if tx.execute(_MOVE_HEAD, values).rowcount != 1:
        raise Unavailable("The ledger moved under this write, so nothing was changed.")
