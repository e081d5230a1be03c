"""A signed review is looked at again: from the start, or by a second reviewer."""

from __future__ import annotations

from broker.access.equipment import Equipment
from broker.access.grant import Grant, get_grant
from broker.errors import Conflict, Refused
from broker.identity.people import Person, Role
from broker.ledger.entry import Entry
from broker.notes.note import NoteKind
from broker.review.queue.owed import Review, ReviewState, get_review, move_review
from broker.review.queue.said import checked, write_down
from broker.store import Transaction

_UNSIGNED = {"outcome": None, "signed_by": None, "signed_at": None, "overdue_told_at": None}


def reopen(
    equipment: Equipment, reviewer: Person, grant_id: str, reason: str, *, note_confirmed: bool = False
) -> Review:
    """Begin a signed review again, with a new deadline. What was found before stays in the story.

    Raises Refused (no reviewer, or the holder), NotFound, Conflict (not signed) or Invalid (the reason).
    """
    said = _reason(reason, confirmed=note_confirmed)
    with equipment.store.write() as tx:
        grant, review = _signed(tx, reviewer, grant_id)
        due_at = tx.at + equipment.catalog.reviews.reopened_within
        facts = {
            "due_at": due_at.isoformat(),
            "earlier": str(review.outcome),
            **write_down(tx, equipment, reviewer, grant, NoteKind.REOPENING, said),
        }
        entry = Entry("review.reopened", reviewer.id, grant.request_id, grant.id, grant.person_id, facts)
        first = {"first_outcome": None, "first_by": None, "first_at": None}
        return move_review(
            tx, equipment.ledger, review, ReviewState.OPEN, entry, due_at=due_at, **_UNSIGNED, **first
        )


def ask_second_opinion(
    equipment: Equipment, reviewer: Person, grant_id: str, reason: str, *, note_confirmed: bool = False
) -> Review:
    """Let another reviewer look at a signed review as well; raises as ``reopen`` does."""
    said = _reason(reason, confirmed=note_confirmed)
    with equipment.store.write() as tx:
        grant, review = _signed(tx, reviewer, grant_id)
        if review.first_by is not None:
            raise Conflict("Two reviewers looked at this already.", help="Open the review again instead.")
        due_at = tx.at + equipment.catalog.reviews.second_opinion_within
        said_of_it = write_down(tx, equipment, reviewer, grant, NoteKind.REOPENING, said)
        facts = {"due_at": due_at.isoformat(), **said_of_it}
        entry = Entry("review.second_asked", reviewer.id, grant.request_id, grant.id, grant.person_id, facts)
        first = {
            "first_outcome": review.outcome,
            "first_by": review.signed_by,
            "first_at": review.signed_at,
        }
        return move_review(
            tx, equipment.ledger, review, ReviewState.SECOND, entry, due_at=due_at, **_UNSIGNED, **first
        )


def why_not_reopen(reviewer: Person, holder_id: str) -> str:
    """Why this person may not, empty when they may. Whoever approved may: it only adds a look."""
    if not reviewer.is_(Role.REVIEWER) or reviewer.disabled:
        return "Only reviewers open reviews again."
    return "This was your own access." if reviewer.id == holder_id else ""


def _signed(tx: Transaction, reviewer: Person, grant_id: str) -> tuple[Grant, Review]:
    grant = get_grant(tx, grant_id)
    if words := why_not_reopen(reviewer, grant.person_id):
        raise Refused(words, help="Another reviewer can do it.")
    review = get_review(tx, grant.id)
    if review.is_open:
        raise Conflict("This review is open already.", help="Sign it, or take it over.")
    return grant, review


def _reason(text: str, *, confirmed: bool) -> str:
    missing = "Say in a few words why it has to be looked at again."
    return checked(text, missing, "The review stays as it is.", confirmed=confirmed, field="reason")
