"""Who stands too near an access to review it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from broker.access.grant import Grant
from broker.access.tables import approvals
from broker.errors import Refused
from broker.identity.people import Person, Role
from broker.review.queue.owed import review_of
from broker.store import Reader


def check_may_sign(reader: Reader, reviewer: Person, grant: Grant) -> None:
    """Refused with words for whoever had a part in it, or is no reviewer."""
    if not reviewer.is_(Role.REVIEWER) or reviewer.disabled:
        raise Refused("Only reviewers sign reviews.", help="Ask an administrator if you should be one.")
    review = review_of(reader, grant.id)
    first_by = review.first_by if review is not None and review.is_open else None
    approved = approvers_of(reader, [grant.request_id])
    if words := why_not(reviewer, grant.person_id, approved, grant.request_id, first_by):
        raise Refused(words, help="Another reviewer has to sign this review.")


def why_not(
    reviewer: Person,
    holder_id: str,
    approved: Collection[tuple[str, str]],
    request_id: str,
    first_by: str | None = None,
) -> str:
    """Why this reviewer stands too near, empty when not; ``approved`` as from ``approvers_of``."""
    if reviewer.id == holder_id:
        return "This was your own access, so you cannot review it."
    if (request_id, reviewer.id) in approved:
        return "You approved this access, so you cannot review it."
    if reviewer.id == first_by:
        return "You gave the first opinion, so somebody else has to give the second."
    return ""


def approvers_of(reader: Reader, request_ids: Collection[str]) -> set[tuple[str, str]]:
    """Pairs of a request and somebody who decided it."""
    decided = select(approvals.c.request_id, approvals.c.approver_id)
    return {
        (row.request_id, row.approver_id)
        for row in reader.all(decided.where(approvals.c.request_id.in_(request_ids)))
    }
