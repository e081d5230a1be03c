"""Access that is live now: since when, and until when."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from broker.access.grant import LIVE
from broker.access.tables import grants
from broker.policy.catalog import Catalog
from broker.review.history.conditions import conditions
from broker.review.history.rows import HistoryRow, row_of, select_rows
from broker.review.pictures.counting import Question
from broker.review.pictures.drawing import WIDTH, Line, Mark, Picture, Rect, Text, counted, linked, shortened

MOST_DRAWN, MOST_LISTED = 20, 200
TOP, ROW, BAR = 18.0, 38.0, 14.0
_TITLE = "Live now"

StoryLink = Callable[[str], str]
"""The address of one grant's story."""


def live_now(question: Question, catalog: Catalog, story: StoryLink) -> Picture:
    """Whatever days were asked for; the other filters count."""
    rows = _rows(question, catalog)
    now, zone = question.reader.at, question.zone
    if not rows:
        return Picture("live", _TITLE, "Nobody has access now.")
    return Picture(
        "live",
        _TITLE,
        _finding(rows, now),
        TOP + min(len(rows), MOST_DRAWN) * ROW,
        tuple(_marks(rows[:MOST_DRAWN], now, zone, story)),
        {"plain": "Asked for", "broken": "◆ Glass broken", "rest": "Still to come"},
        ("Granted", "Person", "What", "Ends"),
        tuple(
            linked(
                _clock(row.issued_at, zone),
                story(row.grant_id),
                (row.person, row.title, _clock(row.expires_at, zone)),
            )
            for row in rows
        ),
    )


def _rows(question: Question, catalog: Catalog) -> list[HistoryRow]:
    now = question.reader.at
    filters = replace(question.filters, first_day=None, last_day=None)
    live = (grants.c.state.in_(LIVE), grants.c.expires_at > now)
    query = select_rows().where(*live, *conditions(filters, question.zone, now))
    # The state's index begins with what ends first; those still listed beyond it are in the history.
    found = question.reader.all(query.order_by(grants.c.expires_at, grants.c.id).limit(MOST_LISTED))
    return [row_of(row, catalog) for row in found]


def _finding(rows: Sequence[HistoryRow], now: datetime) -> str:
    count = f"At least {len(rows)}" if len(rows) == MOST_LISTED else str(len(rows))
    broken = sum(row.broke_glass for row in rows)
    people = "person has" if len({row.person_id for row in rows}) == 1 else "people have"
    said = f"{len({row.person_id for row in rows})} {people} {count} live {'grant' if len(rows) == 1 else 'grants'}"
    left = max(row.expires_at for row in rows) - now
    more = " The first to end are drawn." if len(rows) > MOST_DRAWN else ""
    return f"{said}, {broken or 'none'} by breaking the glass. The last ends in {_minutes(left)}.{more}"


def _minutes(left: timedelta) -> str:
    return counted(max(1, round(left.total_seconds() / 60)), "minute")


def _marks(rows: Sequence[HistoryRow], now: datetime, zone: tzinfo, story: StoryLink) -> Iterator[Mark]:
    first, last = min(row.issued_at for row in rows), max(row.expires_at for row in rows)
    whole = (last - first).total_seconds() or 1

    def x(at: datetime) -> float:
        return WIDTH * (at - first).total_seconds() / whole

    for place, row in enumerate(rows):
        yield from _bar(row, TOP + place * ROW, (x(row.issued_at), x(now), x(row.expires_at)), zone, story)
    # Only beside the bars: across a name it would strike that out.
    for place in range(len(rows)):
        yield Line(x(now), TOP + place * ROW + 16, x(now), TOP + place * ROW + 19 + BAR + 3, "now")
    anchor = "end" if x(now) > WIDTH * 0.85 else "start" if x(now) < WIDTH * 0.15 else "middle"
    yield Text(x(now), TOP - 7, f"now, {_clock(now, zone)}", anchor, "tick")


def _bar(
    row: HistoryRow, top: float, places: tuple[float, float, float], zone: tzinfo, story: StoryLink
) -> Iterator[Mark]:
    began, now, ends = places
    href, until = story(row.grant_id), _clock(row.expires_at, zone)
    says = f"{row.title}, {row.person}: since {_clock(row.issued_at, zone)}, ends {until}"
    label = f"◆ {row.person}: {row.title}" if row.broke_glass else f"{row.person}: {row.title}"
    yield Text(0, top + 13, shortened(label))
    yield Text(WIDTH, top + 13, f"to {until}", "end", "value")
    yield Rect(
        began, top + 19, max(now - began, 2.0), BAR, "broken" if row.broke_glass else "plain", says, href
    )
    yield Rect(now, top + 19, max(ends - now, 2.0), BAR, "rest", says, href)


def _clock(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%H:%M}"
