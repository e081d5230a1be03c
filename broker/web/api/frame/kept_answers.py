"""What was asked twice with one Idempotency-Key is done once, and answered alike.

Only what was done is kept. A refusal changed nothing, so the same key may be sent
again, with another code too: the code is no part of what is asked.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, insert, select, update

from broker.store import Store, Transaction
from broker.web.api.frame.tables import kept_answers
from broker.web.frame.problems import Stopped

KEPT = timedelta(hours=24)
# The process that was answering is dead by then. What it did is not done again: each verb sees to that.
IN_FLIGHT = timedelta(seconds=60)

_ROW = kept_answers.c


@dataclass(frozen=True)
class Question:
    """``asked`` is everything that makes it this request and no other, but for the code."""

    caller: str
    key: str
    asked: str

    @property
    def mine(self) -> ColumnElement[bool]:
        return (_ROW.caller == self.caller) & (_ROW.key_digest == _digest(self.key))


def claim(store: Store, question: Question) -> bytes | None:
    """The sealed answer given before, or None and it is this caller's to answer.

    Stopped: key-reused when the key came with another request, in-progress while somebody else is answering.
    """
    with store.write() as tx:
        known = tx.one_or_none(select(kept_answers).where(question.mine))
        if known is not None and known.asked_at > tx.at - KEPT:
            if known.request_digest != _digest(question.asked):
                raise Stopped("key-reused")
            if known.sealed is not None:
                return bytes(known.sealed)
            if known.asked_at > tx.at - IN_FLIGHT:
                raise Stopped("in-progress", headers={"Retry-After": "1"})
        _put(tx, question)
    return None


def keep(store: Store, question: Question, sealed: bytes) -> None:
    with store.write() as tx:
        tx.execute(update(kept_answers).where(question.mine, _ROW.sealed.is_(None)).values(sealed=sealed))


def give_up(store: Store, question: Question) -> None:
    """Nothing was done: whoever sends it again is answered anew."""
    with store.write() as tx:
        tx.execute(delete(kept_answers).where(question.mine, _ROW.sealed.is_(None)))


def forget_old(store: Store) -> int:
    """Drop what is older than a day; how many there were."""
    with store.write() as tx:
        return tx.execute(delete(kept_answers).where(_ROW.asked_at <= tx.at - KEPT)).rowcount


def _put(tx: Transaction, question: Question) -> None:
    tx.execute(delete(kept_answers).where(question.mine))
    row = {"caller": question.caller, "key_digest": _digest(question.key), "asked_at": tx.at}
    tx.execute(insert(kept_answers).values(**row, request_digest=_digest(question.asked)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
