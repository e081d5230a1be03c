"""Small looks at the ledger: a grant's or a request's steps, the head, what is new."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select

from broker.ledger.body import decompose
from broker.ledger.entry import Recorded
from broker.ledger.tables import ledger_entries, ledger_head
from broker.store import Reader

PAGE = 500

_ENTRY = select(ledger_entries.c.body, ledger_entries.c.digest).order_by(ledger_entries.c.seq)


def entries_of_grant(reader: Reader, grant: str) -> list[Recorded]:
    """Every step of a grant, oldest first."""
    return _entries(reader, ledger_entries.c.grant_id == grant)


def entries_of_request(reader: Reader, request: str) -> list[Recorded]:
    """Every step of a request, and of the grants it led to, oldest first."""
    return _entries(reader, ledger_entries.c.request_id == request)


def entries_after(reader: Reader, seq: int, limit: int = PAGE) -> list[Recorded]:
    """The next entries after ``seq``, at most ``limit``; pass the last one's ``seq`` to go on."""
    return _entries(reader, ledger_entries.c.seq > seq, limit)


def entries_of_event(reader: Reader, event: str) -> list[Recorded]:
    """Every entry of an event that is rare, oldest first."""
    return _entries(reader, ledger_entries.c.event == event)


def latest(reader: Reader) -> Recorded | None:
    """The last entry, or None while nothing was written. Its ``at`` is an instant the broker must not fall behind."""
    last = select(ledger_head.c.seq).scalar_subquery()
    found = _entries(reader, ledger_entries.c.seq == last)
    return found[0] if found else None


def _entries(reader: Reader, which: ColumnElement[bool], limit: int | None = None) -> list[Recorded]:
    rows: list[Any] = reader.all(_ENTRY.where(which).limit(limit))
    return [decompose(row.body, row.digest) for row in rows]
