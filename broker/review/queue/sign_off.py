"""A reviewer closes a review: appropriate, questionable or misuse, once and for ever."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select, update

from broker.access.equipment import Equipment
from broker.access.grant import Grant, get_grant
from broker.access.note_check import MAXIMUM_LENGTH, what_looks_identifying
from broker.access.tables import approvals, reviews
from broker.errors import Conflict, Invalid, NotFound, Refused
from broker.identity.people import Person, Role
from broker.ledger.entry import Entry
from broker.notes.note import About, NoteKind
from broker.notes.note_box import Fact
from broker.review.queue.outcome import NOTE_NEEDED, Outcome
from broker.review.queue.owed import Review, review_of
from broker.store import Reader, Transaction


def sign(
    equipment: Equipment,
    reviewer: Person,
    grant_id: str,
    outcome: Outcome,
    note: str = "",
    *,
    note_confirmed: bool = False,
) -> Review:
    """Close the review of a grant. ``note_confirmed``: a note that looks identifying was kept on purpose.

    Raises Refused (no reviewer, own access, approved by this person), NotFound
    (no such grant, or it owes no review), Conflict (signed already) or Invalid
    (a note that is missing, too long, or seems to name somebody).
    """
    said = _checked_note(outcome, note.strip(), note_confirmed=note_confirmed)
    with equipment.store.write() as tx:
        grant = get_grant(tx, grant_id)
        check_may_sign(tx, reviewer, grant)
        _close(tx, reviewer, grant, outcome)
        about = About(NoteKind.REVIEW, grant.request_id, reviewer.id, grant.id)
        kept = equipment.notes.write(tx, said, about)
        equipment.ledger.append(tx, _entry(reviewer, grant, outcome, kept))
        return _review(tx, grant.id)


def check_may_sign(reader: Reader, reviewer: Person, grant: Grant) -> None:
    """Refused with words for whoever had a part in it, or is no reviewer."""
    if not reviewer.is_(Role.REVIEWER):
        raise Refused("Only reviewers sign reviews.", help="Ask an administrator if you should be one.")
    if words := why_not(
        reviewer, grant.person_id, approvers_of(reader, [grant.request_id]), grant.request_id
    ):
        raise Refused(words, help="Another reviewer has to sign this review.")


def why_not(reviewer: Person, holder_id: str, approved: Collection[tuple[str, str]], request_id: str) -> str:
    """Why this reviewer stands too near, empty when not; ``approved`` as from ``approvers_of``."""
    if reviewer.id == holder_id:
        return "This was your own access, so you cannot review it."
    if (request_id, reviewer.id) in approved:
        return "You approved this access, so you cannot review it."
    return ""


def approvers_of(reader: Reader, request_ids: Collection[str]) -> set[tuple[str, str]]:
    """Pairs of a request and somebody who decided it."""
    decided = select(approvals.c.request_id, approvals.c.approver_id)
    return {
        (row.request_id, row.approver_id)
        for row in reader.all(decided.where(approvals.c.request_id.in_(request_ids)))
    }


def _checked_note(outcome: Outcome, note: str, *, note_confirmed: bool) -> str:
    fault = ""
    if not note and outcome in NOTE_NEEDED:
        fault = (
            f"Say in a few words why this was {'misuse' if outcome is Outcome.MISUSE else 'questionable'}."
        )
    elif len(note) > MAXIMUM_LENGTH:
        fault = f"Shorten the note to {MAXIMUM_LENGTH} characters."
    elif not note_confirmed and (found := what_looks_identifying(note)):
        fault = f"The note seems to hold {', '.join(found)}. Take it out, or confirm below that it identifies nobody."
    if fault:
        raise Invalid("The review was not signed.", {"note": fault})
    return note


def _close(tx: Transaction, reviewer: Person, grant: Grant, outcome: Outcome) -> None:
    still_open = (reviews.c.grant_id == grant.id) & reviews.c.signed_at.is_(None)
    signed = {"outcome": outcome.value, "signed_by": reviewer.id, "signed_at": tx.at}
    if tx.execute(update(reviews).where(still_open).values(**signed)).rowcount == 1:
        return
    before = _review(tx, grant.id)
    raise Conflict(
        f"This review was signed already: {before.outcome}.", help="Look at it in the history of the access."
    )


def _review(reader: Reader, grant_id: str) -> Review:
    review = review_of(reader, grant_id)
    if review is None:
        raise NotFound("This access owes no review.", help="Look at the list of reviews that are due.")
    return review


def _entry(reviewer: Person, grant: Grant, outcome: Outcome, note: Fact | None) -> Entry:
    facts = {"outcome": outcome.value, "note": note}
    return Entry("review.signed", reviewer.id, grant.request_id, grant.id, grant.person_id, facts)
