"""A reviewer looked at what seemed odd: nothing more to see, or a grant that somebody shall review."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, update

from broker.access.equipment import Equipment
from broker.access.grant import get_grant
from broker.access.review_owed import open_review
from broker.errors import Conflict, NotFound, Refused
from broker.identity.people import Person, Role
from broker.ledger.entry import Entry
from broker.review.oddities.listed import get_row
from broker.review.oddities.tables import oddities
from broker.review.queue.owed import Review, get_review, review_of
from broker.store import Transaction


def mark_looked_at(
    equipment: Equipment, reviewer: Person, oddity_id: str, seen: datetime | None = None
) -> None:
    """Put it away until there is more of it. ``seen``: the newest row on the page that was looked at.

    Raises Refused (no reviewer, or it is about them), NotFound or Conflict (looked at already, or newer rows came).
    """
    with equipment.store.write() as tx:
        row = _may_look(tx, reviewer, oddity_id)
        if row.looked_at is not None:
            raise Conflict("Somebody has looked at this already.", help="Look at the list again.")
        if seen is not None and seen != row.newest_at:
            raise Conflict("There is more of it than you saw.", help="Look at it again.")
        looked = {"looked_at": tx.at, "looked_by": reviewer.id}
        tx.execute(update(oddities).where(oddities.c.id == row.id).values(**looked))
        facts = {"signal": row.signal, "grants": len(row.rows), "newest_at": row.newest_at.isoformat()}
        if row.other_id:
            facts["other"] = row.other_id
        equipment.ledger.append(
            tx, Entry("oddity.looked_at", reviewer.id, subject=row.person_id, facts=facts)
        )


def open_review_of(equipment: Equipment, reviewer: Person, oddity_id: str, grant_id: str) -> Review:
    """Owe a review of one of the grants behind it, due as soon as one that was opened again.

    Raises Refused, NotFound (not one of its grants) or Conflict (it has a review: open that one again).
    """
    with equipment.store.write() as tx:
        row = _may_look(tx, reviewer, oddity_id)
        if grant_id not in row.rows:
            raise NotFound("This access is none of those that look odd.", help="Look at the list again.")
        grant = get_grant(tx, grant_id)
        if review_of(tx, grant.id) is not None:
            raise Conflict(
                "This access has a review.", help="Sign it, or open it again, on the page of the access."
            )
        due_at = tx.at + equipment.catalog.reviews.reopened_within
        open_review(tx, equipment.ledger, grant, due_at, actor=reviewer.id, because="odd")
        return get_review(tx, grant.id)


def _may_look(tx: Transaction, reviewer: Person, oddity_id: str) -> Row[Any]:
    if not reviewer.is_(Role.REVIEWER) or reviewer.disabled:
        raise Refused("Only reviewers settle what looks odd.", help="Ask a reviewer.")
    row = get_row(tx, oddity_id)
    if reviewer.id in {row.person_id, row.other_id}:
        raise Refused("This is about yourself.", help="Another reviewer has to look at it.")
    return row
