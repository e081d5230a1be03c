"""What is counted: the rows, and the ledger's own entries beside them, so that a row too few is seen."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from broker.access.tables import access_requests, grants, reviews
from broker.ledger.tables import ledger_entries
from broker.policy.decision import Path
from broker.review.evidence.days import Days


@dataclass(frozen=True)
class Tie:
    """Two counts of the same thing: rows of a file, and entries of an event in the ledger."""

    file: str
    rows: int
    event: str
    entries: int

    @property
    def fits(self) -> bool:
        return self.rows == self.entries


def events_in(connection: Connection, days: Days) -> dict[str, int]:
    """How often each event is in the ledger."""
    of = ledger_entries.c
    found = select(of.event, func.count()).where(days.hold(of.at)).group_by(of.event).order_by(of.event)
    return {str(event): int(count) for event, count in connection.execute(found)}


def ties(rows: dict[str, int], events: dict[str, int]) -> list[Tie]:
    """``rows`` are counted while a file is written, ``events`` where they were recorded."""
    pairs = (("grants", "grant.issued"), ("requests", "request.asked"), ("reviews", "review.opened"))
    named = [(f"population/{file}.csv", event) for file, event in pairs]
    return [Tie(file, rows.get(file, 0), event, events.get(event, 0)) for file, event in named]


def counts(connection: Connection, days: Days) -> dict[str, int]:
    """The figures that the narratives quote."""
    granted, asked = days.hold(grants.c.issued_at), days.hold(access_requests.c.asked_at)
    reviewed = days.hold(reviews.c.opened_at)
    broken = access_requests.c.path == Path.BREAK_GLASS
    without_factor = access_requests.c.factor_method.is_(None)
    questions = {
        "grants": select(func.count()).select_from(grants).where(granted),
        "requests": select(func.count()).select_from(access_requests).where(asked),
        "broken_glass": select(func.count()).select_from(access_requests).where(asked, broken),
        "without_second_factor": select(func.count())
        .select_from(access_requests)
        .where(asked, without_factor),
        "holders": select(func.count(grants.c.person_id.distinct())).where(granted),
        "policies": select(func.count(access_requests.c.policy_digest.distinct())).where(asked),
        "reviews": select(func.count()).select_from(reviews).where(reviewed),
        "reviews_signed": select(func.count())
        .select_from(reviews)
        .where(reviewed, reviews.c.signed_at.is_not(None)),
    }
    return {name: int(connection.execute(question).scalar_one()) for name, question in questions.items()}
