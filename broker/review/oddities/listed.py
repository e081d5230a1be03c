"""What looks odd, as a reviewer reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from broker.errors import NotFound
from broker.identity.tables import people
from broker.policy.catalog import Catalog
from broker.review.history.rows import HistoryRow, rows_of
from broker.review.oddities.found import Signal
from broker.review.oddities.tables import oddities
from broker.review.oddities.words import MAYBE, TITLES, sentence
from broker.store import Reader

ROWS_SHOWN = 10
MOST_SHOWN = 100
LATELY_SHOWN = 20


@dataclass(frozen=True)
class Oddity:
    """``rows`` are the newest grants behind it, at most ROWS_SHOWN of ``count``.

    ``other_id`` is the other one of a pair, or empty. ``looked_by`` is a name; None while nobody has looked. Times are UTC.
    """

    id: str
    signal: Signal
    title: str
    sentence: str
    maybe: str
    person_id: str
    person: str
    other_id: str
    rows: tuple[HistoryRow, ...]
    count: int
    found_at: datetime
    newest_at: datetime
    looked_at: datetime | None
    looked_by: str | None


def waiting_oddities(reader: Reader, catalog: Catalog) -> tuple[Oddity, ...]:
    """What nobody has looked at, the newest first."""
    found = select(oddities).where(oddities.c.looked_at.is_(None)).order_by(oddities.c.newest_at.desc())
    return _told(reader, catalog, reader.all(found.limit(MOST_SHOWN)))


def looked_at_lately(reader: Reader, catalog: Catalog) -> tuple[Oddity, ...]:
    """What was looked at, the latest look first."""
    found = select(oddities).where(oddities.c.looked_at.is_not(None)).order_by(oddities.c.looked_at.desc())
    return _told(reader, catalog, reader.all(found.limit(LATELY_SHOWN)))


def count_oddities(reader: Reader) -> int:
    """How many nobody has looked at."""
    waiting = select(func.count()).select_from(oddities).where(oddities.c.looked_at.is_(None))
    return int(reader.execute(waiting).scalar_one())


def get_row(reader: Reader, oddity_id: str) -> Row[Any]:
    """The row as it is kept, or NotFound."""
    row = reader.one_or_none(select(oddities).where(oddities.c.id == oddity_id))
    if row is None:
        raise NotFound("This does not look odd any more.", help="Look at the list again.")
    return row


def _told(reader: Reader, catalog: Catalog, rows: Sequence[Row[Any]]) -> tuple[Oddity, ...]:
    names = _names(reader, {each for row in rows for each in (row.person_id, row.other_id, row.looked_by)})
    shown = {row.id: row.rows[-ROWS_SHOWN:][::-1] for row in rows}
    history = rows_of(reader, catalog, {grant for ids in shown.values() for grant in ids})
    return tuple(_one(row, names, [history[id_] for id_ in shown[row.id] if id_ in history]) for row in rows)


def _one(row: Row[Any], names: dict[str, str], shown: Sequence[HistoryRow]) -> Oddity:
    signal = Signal(row.signal)
    person = names.get(row.person_id, row.person_id)
    return Oddity(
        id=row.id,
        signal=signal,
        title=TITLES[signal],
        sentence=sentence(signal, row.facts, person, names.get(row.other_id, row.other_id)),
        maybe=MAYBE[signal],
        person_id=row.person_id,
        person=person,
        other_id=row.other_id,
        rows=tuple(shown),
        count=len(row.rows),
        found_at=row.found_at,
        newest_at=row.newest_at,
        looked_at=row.looked_at,
        looked_by=names.get(row.looked_by or "", row.looked_by),
    )


def _names(reader: Reader, ids: set[str | None]) -> dict[str, str]:
    named = select(people.c.id, people.c.name).where(people.c.id.in_({each for each in ids if each}))
    return {row.id: row.name for row in reader.all(named)}
