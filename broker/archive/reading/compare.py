"""Holds the database against what was archived of it."""

from __future__ import annotations

from itertools import islice

from broker.archive.copying.point import Point
from broker.archive.places.place import Place
from broker.ledger.snapshot import snapshot
from broker.store import Store


def compare_with_database(place: Place, store: Store, point: Point) -> str:
    """Why the database is not the ledger that was archived up to ``point``; empty when it is, or goes on from it."""
    with snapshot(store) as look:
        there = next(islice(look.entries(point.size - 1), 1), None) if point.size else None
        head = look.head()
    ends = head.seq if head else 0
    if point.size > ends:
        return (
            f"The archive in {place.label} holds {point.size} entries, the database has {ends}: its end was cut off, or a backup was restored. "
            "What is missing can be read in the archive."
        )
    if there and there.digest != point.digest:
        return (
            f"Entry {point.size} of the database is not the one in {place.label}: the ledger was rewritten."
        )
    return ""
