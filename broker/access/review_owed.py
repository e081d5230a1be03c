"""Reviews that grants owe: opened with the grant, and what an overdue one stops."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from broker.access.grant import Grant
from broker.access.tables import reviews
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Reader, Transaction


def open_review(
    tx: Transaction,
    ledger: Ledger,
    grant: Grant,
    due_at: datetime,
    *,
    actor: str = "broker",
    because: str = "",
) -> None:
    """Owe a review of ``grant`` by ``due_at``; ``because`` is a code, empty where policy wants it."""
    tx.execute(
        reviews.insert().values(grant_id=grant.id, holder_id=grant.person_id, opened_at=tx.at, due_at=due_at)
    )
    facts = {"due_at": due_at.isoformat(), **({"because": because} if because else {})}
    ledger.append(
        tx,
        Entry("review.opened", actor, grant.request_id, grant.id, grant.person_id, facts),
    )


def overdue_reviews(reader: Reader, person_id: str) -> int:
    """How many reviews of this person's grants nobody signed by their deadline."""
    overdue = (
        (reviews.c.holder_id == person_id) & reviews.c.signed_at.is_(None) & (reviews.c.due_at <= reader.at)
    )
    return int(reader.execute(select(func.count()).select_from(reviews).where(overdue)).scalar_one())
