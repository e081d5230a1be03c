"""Who is to look at a review: a promise, not a lock. Another reviewer may still sign it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, exists, select, update

from broker.access.equipment import Equipment
from broker.access.grant import Grant, get_grant
from broker.access.tables import reviews
from broker.errors import Conflict, Invalid, NotFound, Refused
from broker.identity.people import Person, Role, by_id, with_role
from broker.identity.tables import people, person_roles
from broker.ledger.entry import Entry
from broker.review.queue.owed import Review, get_review, moved_on, unmoved
from broker.review.queue.who_may_sign import approvers_of, why_not
from broker.store import Reader, Transaction


def assign(equipment: Equipment, reviewer: Person, grant_id: str, to: str | None) -> Review:
    """Give an open review to the reviewer ``to``; None puts it back for anybody.

    By any reviewer who has no part in the access: taking it, handing it over, or giving it to a colleague.
    Raises Refused, NotFound, Conflict (signed, or moved on) or Invalid (``to`` may not sign it).
    """
    with equipment.store.write() as tx:
        grant = get_grant(tx, grant_id)
        review = get_review(tx, grant.id)
        _check_may_assign(tx, reviewer, grant)
        if not review.is_open:
            raise Conflict("This review is signed.", help="Open it again, if it has to be looked at.")
        if to is not None:
            _check_assignee(tx, to, grant, review)
        return review if to == review.assigned_to else _put(tx, equipment, reviewer.id, grant, review, to)


def may_be_assigned(reader: Reader, grant: Grant, review: Review) -> list[Person]:
    """Reviewers who may sign it, by name."""
    approved = approvers_of(reader, [grant.request_id])
    return [
        each
        for each in with_role(reader, Role.REVIEWER)
        if not why_not(each, grant.person_id, approved, grant.request_id, review.first_by)
    ]


def release_who_left(equipment: Equipment, limit: int = 200) -> int:
    """Put reviews back for anybody whose reviewer was shut out or reviews no more; how many."""
    with equipment.store.read() as reader:
        if not reader.all(_left(1)):
            return 0
    with equipment.store.write() as tx:
        left = tx.all(_left(limit))
        for row in left:
            grant, review = get_grant(tx, row.grant_id), get_review(tx, row.grant_id)
            _put(tx, equipment, "broker", grant, review, None)
    return len(left)


def _left(limit: int) -> Select[tuple[str]]:
    still = (
        exists()
        .where(people.c.id == reviews.c.assigned_to, people.c.disabled_at.is_(None))
        .where(person_roles.c.person_id == people.c.id, person_roles.c.role == Role.REVIEWER.value)
    )
    assigned = reviews.c.assigned_to.is_not(None) & reviews.c.signed_at.is_(None)
    return select(reviews.c.grant_id).where(assigned, ~still).order_by(reviews.c.due_at).limit(limit)


def _check_may_assign(reader: Reader, reviewer: Person, grant: Grant) -> None:
    if not reviewer.is_(Role.REVIEWER) or reviewer.disabled:
        raise Refused("Only reviewers give out reviews.", help="Ask an administrator if you should be one.")
    approved = approvers_of(reader, [grant.request_id])
    if why_not(reviewer, grant.person_id, approved, grant.request_id):
        raise Refused(
            "You had a part in this access, so you cannot choose who reviews it.",
            help="Another reviewer can.",
        )


def _check_assignee(reader: Reader, to: str, grant: Grant, review: Review) -> None:
    try:
        person = by_id(reader, to)
    except NotFound:
        person = None
    fault = ""
    if person is None or person.disabled or not person.is_(Role.REVIEWER):
        fault = "Choose a reviewer from the list."
    elif why_not(
        person,
        grant.person_id,
        approvers_of(reader, [grant.request_id]),
        grant.request_id,
        review.first_by,
    ):
        fault = "This reviewer had a part in it and may not sign it. Choose another one."
    if fault:
        raise Invalid("The review was not assigned.", {"to": fault})


def _put(
    tx: Transaction, equipment: Equipment, actor: str, grant: Grant, review: Review, to: str | None
) -> Review:
    same = (
        reviews.c.assigned_to == review.assigned_to if review.assigned_to else reviews.c.assigned_to.is_(None)
    )
    values: dict[str, Any] = {"assigned_to": to, "assigned_at": tx.at if to else None}
    if tx.execute(update(reviews).where(unmoved(review), same).values(**values)).rowcount != 1:
        raise moved_on()
    facts = {"to": to, "before": review.assigned_to, "how": _how(actor, review.assigned_to, to)}
    equipment.ledger.append(
        tx, Entry("review.assigned", actor, grant.request_id, grant.id, grant.person_id, facts)
    )
    return get_review(tx, grant.id)


def _how(actor: str, before: str | None, to: str | None) -> str:
    if to is None:
        return "left" if actor == "broker" else "released"
    if to == actor:
        return "taken"
    return "handed_over" if before == actor else "given"
