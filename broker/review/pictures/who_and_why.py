"""Grants by purpose and by person, and how many of them broke the glass."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from broker.access.tables import access_requests, grants
from broker.identity.tables import people
from broker.policy.catalog import Catalog
from broker.review.history.filters import Filters
from broker.review.pictures.bars import Bar, draw_bars
from broker.review.pictures.counting import ALL, BROKEN, Question
from broker.review.pictures.drawing import Link, Picture, counted, linked, share

MOST_DRAWN = 12
MOST_LISTED = 200
LEGEND = {"plain": "Asked for", "broken": "◆ Glass broken"}


@dataclass(frozen=True)
class Count:
    """``filters`` are the question narrowed to what is counted here."""

    name: str
    all: int
    broken: int
    filters: Filters


def by_purpose(question: Question, catalog: Catalog, link: Link) -> Picture:
    rows = question.grouped([access_requests.c.purpose], ALL, BROKEN)
    counts = [
        Count(
            catalog.purposes.get(row.purpose, row.purpose),
            row.grants,
            row.broken,
            replace(question.filters, purpose=row.purpose),
        )
        for row in rows
    ]
    return _drawn("purposes", "What it was for", "Purpose", counts, link, _commonest)


def by_person(question: Question, link: Link) -> Picture:
    rows = question.grouped([grants.c.person_id], ALL, BROKEN)
    listed = sorted(rows, key=lambda row: (-row.grants, row.person_id))[:MOST_LISTED]
    names = _names(question, [row.person_id for row in listed])
    counts = [
        Count(
            names.get(row.person_id, row.person_id),
            row.grants,
            row.broken,
            replace(question.filters, person=row.person_id),
        )
        for row in rows
    ]
    return _drawn("people", "People", "Person", counts, link, _busiest)


def _names(question: Question, ids: Sequence[str]) -> Mapping[str, str]:
    found = question.reader.all(select(people.c.id, people.c.name).where(people.c.id.in_(ids)))
    return {row.id: row.name for row in found}


def _drawn(
    name: str,
    title: str,
    head: str,
    counts: Sequence[Count],
    link: Link,
    find: Callable[[Sequence[Count], int], str],
) -> Picture:
    ordered = sorted(counts, key=lambda each: (-each.all, each.name))
    whole = sum(each.all for each in ordered)
    if not whole:
        return Picture(name, title, "No access was granted in this time.")
    height, marks = draw_bars([_bar(each, whole, link) for each in ordered[:MOST_DRAWN]])
    more = len(ordered) - MOST_DRAWN
    finding = find(ordered, whole) + (f" {more:,} more are in the table." if more > 0 else "")
    return Picture(
        name,
        title,
        finding,
        height,
        marks,
        LEGEND,
        (head, "Grants", "Share", "Glass broken"),
        tuple(
            linked(
                each.name, link(each.filters), (f"{each.all:,}", share(each.all, whole), f"{each.broken:,}")
            )
            for each in ordered[:MOST_LISTED]
        ),
    )


def _bar(count: Count, whole: int, link: Link) -> Bar:
    says = f"{count.name}: {counted(count.all, 'grant')} ({share(count.all, whole)}), glass broken {count.broken:,}"
    value = f"{count.all:,} (◆ {count.broken:,})" if count.broken else f"{count.all:,}"
    parts = (("plain", float(count.all - count.broken)), ("broken", float(count.broken)))
    return Bar(count.name, value, parts, says, link(count.filters))


def _commonest(ordered: Sequence[Count], whole: int) -> str:
    first, broken = ordered[0], sum(each.broken for each in ordered)
    said = f"{share(first.all, whole)} of {counted(whole, 'grant')} were for: {first.name}."
    return f"{said} The glass was broken for {share(broken, whole, none='none')} of all."


def _busiest(ordered: Sequence[Count], whole: int) -> str:
    if len(ordered) == 1:
        return f"All of {counted(whole, 'grant')} went to {ordered[0].name}."
    first = ordered[0]
    return f"{len(ordered):,} people had access. {first.name} had the most: {first.all:,} of {counted(whole, 'grant')}."
