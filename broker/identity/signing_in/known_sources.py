"""Where a person has signed in from before: an attacker elsewhere cannot slow them down there."""

from __future__ import annotations

from sqlalchemy import ColumnElement, insert, select, update

from broker.identity.tables import known_sources
from broker.store import Reader, Transaction


def remember_source(tx: Transaction, person_id: str, source: str) -> None:
    """After a sign-in with both factors."""
    seen = update(known_sources).where(*_mine(person_id, source)).values(last_at=tx.at)
    if tx.execute(seen).rowcount == 0:
        tx.execute(insert(known_sources).values(person_id=person_id, source=source, last_at=tx.at))


def knows_source(reader: Reader, person_id: str, source: str) -> bool:
    return reader.one_or_none(select(known_sources.c.last_at).where(*_mine(person_id, source))) is not None


def _mine(person_id: str, source: str) -> tuple[ColumnElement[bool], ...]:
    return (known_sources.c.person_id == person_id, known_sources.c.source == source)
