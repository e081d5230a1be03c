"""Reviews: told move by move, as the ledger has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from broker.access.tables import reviews
from broker.ledger.entry import Entry, Fact
from broker.ledger.tables import ledger_entries
from broker.review.against_ledger.disagreement import Disagreement, compare
from broker.review.against_ledger.told import batches, gone, told_of
from broker.review.queue.owed import ReviewState
from broker.store import Reader

_EVENTS = (
    "review.opened",
    "review.assigned",
    "review.first_opinion",
    "review.second_asked",
    "review.signed",
    "review.reopened",
)
_NOBODY = {"assigned_to": None}
_NO_FIRST = {"first_outcome": None, "first_by": None}
_UNSIGNED = {"outcome": None, "signed_by": None}


def look_at_reviews(reader: Reader) -> Iterator[Disagreement]:
    """A review deleted, put off, given to somebody else, or signed by nobody."""
    for batch in batches(reader, reviews):
        if isinstance(batch, Disagreement):
            yield batch
            continue
        told = told_of(reader, ledger_entries.c.grant_id, [row.grant_id for row in batch], _EVENTS)
        for row in batch:
            yield from _review(row, told.get(row.grant_id, ()))
    yield from gone(reader, "review.opened", ledger_entries.c.grant_id, reviews.c.grant_id)


def _review(row: Row[Any], entries: Sequence[Entry]) -> Iterator[Disagreement]:
    if not entries or entries[0].event != "review.opened":
        yield Disagreement("reviews", row.grant_id, "no entry of the ledger opened it.")
        return
    told: dict[str, object] = {"holder_id": entries[0].subject, "turn": -1, **_NO_FIRST}
    for entry in entries:
        told |= _moved(told, entry)
    closed = {"signed_at": row.signed_at is not None}
    yield from compare(
        "reviews",
        row.grant_id,
        {**told, "signed_at": told["state"] == ReviewState.SIGNED},
        {**row._mapping, **closed},  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns
    )


def _moved(told: Mapping[str, object], entry: Entry) -> dict[str, object]:
    """What one entry says of the row that was not so before."""
    facts = entry.facts
    if entry.event == "review.assigned":
        return {"assigned_to": facts["to"]}
    moved: dict[str, object] = {**_NOBODY, "turn": int(str(told["turn"])) + 1}
    match entry.event:
        case "review.signed":
            signed = {"outcome": facts["outcome"], "signed_by": entry.actor}
            return {**moved, "state": ReviewState.SIGNED, **signed}
        case "review.first_opinion":
            first = {"first_outcome": facts["outcome"], "first_by": entry.actor}
            return {**moved, "state": ReviewState.SECOND, **first, "due_at": _due(facts)}
        case "review.second_asked":
            first = {"first_outcome": told["outcome"], "first_by": told["signed_by"]}
            return {**moved, "state": ReviewState.SECOND, **first, **_UNSIGNED, "due_at": _due(facts)}
        case _:  # opened, or opened again
            return {**moved, "state": ReviewState.OPEN, **_NO_FIRST, **_UNSIGNED, "due_at": _due(facts)}


def _due(facts: Mapping[str, Fact]) -> datetime:
    return datetime.fromisoformat(str(facts["due_at"]))
