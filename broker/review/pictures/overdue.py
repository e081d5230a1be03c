"""Reviews that nobody signed in time, the longest overdue first."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from broker.access.tables import grants, reviews
from broker.policy.catalog import Catalog
from broker.review.history.conditions import DUE, OVERDUE, conditions
from broker.review.history.rows import HistoryRow, row_of, select_rows
from broker.review.pictures.bars import Bar, draw_bars
from broker.review.pictures.counting import Question
from broker.review.pictures.drawing import Picture, counted, linked
from broker.review.pictures.live import StoryLink
from broker.review.story.spans import in_words

MOST_DRAWN, MOST_LISTED = 12, 200
MOST_COUNTED = 10_000
_TITLE = "Overdue reviews"


def overdue_reviews(question: Question, catalog: Catalog, story: StoryLink) -> Picture:
    """Whatever days were asked for; the other filters count."""
    rows = _rows(question, catalog)
    due, overdue = (_count(question, review) for review in (DUE, OVERDUE))
    said = f"{counted(due - overdue, 'more review')} {'is' if due - overdue == 1 else 'are'} due and still in time."
    if not rows:
        return Picture("overdue", _TITLE, f"No review is overdue. {said if due else ''}".strip())
    now = question.reader.at
    height, marks = draw_bars([_bar(row, now, story) for row in rows[:MOST_DRAWN]])
    is_ = "review is" if overdue == 1 else "reviews are"
    return Picture(
        "overdue",
        _TITLE,
        f"{overdue:,} {is_} overdue, the oldest for {in_words(_seconds(rows[0], now))}. {said}",
        height,
        marks,
        None,
        ("Person", "What", "Overdue for"),
        tuple(
            linked(row.person, story(row.grant_id), (row.title, in_words(_seconds(row, now)))) for row in rows
        ),
    )


def _rows(question: Question, catalog: Catalog) -> list[HistoryRow]:
    query = select_rows().where(*_narrowed(question, OVERDUE)).order_by(reviews.c.due_at, grants.c.id)
    return [row_of(row, catalog) for row in question.reader.all(query.limit(MOST_LISTED))]


def _count(question: Question, review: str) -> int:
    some = select(grants.c.id).where(*_narrowed(question, review)).limit(MOST_COUNTED).subquery()
    return int(question.reader.execute(select(func.count()).select_from(some)).scalar_one())


def _narrowed(question: Question, review: str) -> list[ColumnElement[bool]]:
    filters = replace(question.filters, first_day=None, last_day=None, review=review)
    return conditions(filters, question.zone, question.reader.at)


def _seconds(row: HistoryRow, now: datetime) -> float:
    return (now - row.review_due_at).total_seconds() if row.review_due_at else 0.0


def _bar(row: HistoryRow, now: datetime, story: StoryLink) -> Bar:
    late = in_words(_seconds(row, now))
    says = f"{row.person}, {row.title}: overdue for {late}"
    return Bar(f"{row.person}: {row.title}", late, (("late", _seconds(row, now)),), says, story(row.grant_id))
