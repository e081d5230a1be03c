"""Where a control did not hold as promised in the days asked for. Listed whole, whoever it embarrasses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from broker.access.grant import GrantState
from broker.access.tables import access_requests, grants, reviews
from broker.ledger.tables import ledger_entries
from broker.policy.decision import Path
from broker.review.evidence.days import Days
from broker.review.evidence.population import due_at
from broker.review.queue.outcome import Outcome

HEADS = ("kind", "grant", "person", "since_utc", "words")
# What the threat model promises of a healthy site.
PROMISED = timedelta(seconds=60)

Exception_ = tuple[str, str, str, datetime | None, str]


def exceptions(connection: Connection, days: Days, now: datetime) -> Iterator[Exception_]:
    """Kind, grant, person, when it began, and a sentence; a kind at a time."""
    yield from _reviews(connection, days, now)
    yield from _revocations(connection, days)
    yield from _unreviewed(connection, days)
    yield from _told_by_the_ledger(connection, days)


def _reviews(connection: Connection, days: Days, now: datetime) -> Iterator[Exception_]:
    of = reviews.c
    found = select(of.grant_id, of.holder_id, of.due_at, of.signed_at, of.outcome).where(
        days.hold(of.opened_at)
    )
    for row in connection.execute(found.order_by(of.due_at, of.grant_id)):
        about = (row.grant_id, row.holder_id, row.due_at)
        if row.signed_at is None and row.due_at <= now:
            yield "review overdue", *about, "Nobody has signed this review, and its deadline has passed."
        elif row.signed_at is not None and row.signed_at > row.due_at:
            late = _long(row.signed_at - row.due_at)
            yield "review signed late", *about, f"It was signed {late} after its deadline."
        if row.outcome == Outcome.MISUSE:
            yield (
                "misuse found",
                row.grant_id,
                row.holder_id,
                row.signed_at,
                "A reviewer called this access misuse.",
            )


def _revocations(connection: Connection, days: Days) -> Iterator[Exception_]:
    of, due = grants.c, due_at().label("due")
    found = select(of.id, of.person_id, of.state, of.unconfirmed_at, of.revoked_at, due).where(
        days.hold(of.issued_at)
    )
    for row in connection.execute(found.order_by(of.issued_at, of.id)):
        if row.state == GrantState.REVOKING and row.unconfirmed_at is not None:
            words = "The site has not confirmed that this access is gone; the broker goes on asking."
            yield "revocation unconfirmed", row.id, row.person_id, row.unconfirmed_at, words
        elif row.revoked_at is not None and row.due is not None and row.revoked_at - row.due > PROMISED:
            late = _long(row.revoked_at - row.due)
            words = f"It was read back as gone {late} after it was due. What the broker itself opens ended on time."
            yield "revocation late", row.id, row.person_id, row.due, words


def _unreviewed(connection: Connection, days: Days) -> Iterator[Exception_]:
    of, asked = grants.c, access_requests.c
    joined = grants.join(access_requests, asked.id == of.request_id).outerjoin(
        reviews, reviews.c.grant_id == of.id
    )
    broken = days.hold(of.issued_at) & (asked.path == Path.BREAK_GLASS) & reviews.c.grant_id.is_(None)
    for row in connection.execute(
        select(of.id, of.person_id, of.issued_at).select_from(joined).where(broken)
    ):
        yield "no review", row.id, row.person_id, row.issued_at, "The glass was broken and no review is owed."


_EVENTS = {
    "review.block_overridden": (
        "block overridden",
        "A block by an overdue review was passed by stating a danger.",
    ),
    "ledger.contradicted": ("ledger contradicted", "A checkpoint or a witness contradicted the database."),
    "archive.contradicted": (
        "archive contradicted",
        "An archive of the ledger and the database said different things.",
    ),
    "ledger.resumed": ("ledger resumed", "The ledger went on under a new key after a restore."),
    "late.line_refused": ("late record refused", "A record put aside for the ledger had been changed."),
}


def _told_by_the_ledger(connection: Connection, days: Days) -> Iterator[Exception_]:
    of = ledger_entries.c
    found = select(of.event, of.grant_id, of.subject_id, of.actor_id, of.at, of.seq)
    told = found.where(days.hold(of.at), of.event.in_(_EVENTS)).order_by(of.seq)
    for row in connection.execute(told):
        kind, words = _EVENTS[row.event]
        yield (
            kind,
            row.grant_id or "",
            row.subject_id or row.actor_id,
            row.at,
            f"{words} Ledger entry {row.seq}.",
        )


def _long(span: timedelta) -> str:
    return str(timedelta(seconds=round(span.total_seconds())))
