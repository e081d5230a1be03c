"""A reviewer says what they found. Some findings another reviewer has to look at as well."""

from __future__ import annotations

from typing import Any

from broker.access.equipment import Equipment
from broker.access.grant import Grant, get_grant
from broker.errors import Conflict
from broker.identity.people import Person
from broker.ledger.entry import Entry
from broker.notes.note import NoteKind
from broker.review.queue.outcome import NOTE_NEEDED, Outcome
from broker.review.queue.owed import Review, ReviewState, get_review, move_review, moved_on
from broker.review.queue.said import checked, write_down
from broker.review.queue.who_may_sign import check_may_sign
from broker.store import Transaction

_MISSING = {
    Outcome.QUESTIONABLE: "Say in a few words why this was questionable.",
    Outcome.MISUSE: "Say in a few words why this was misuse.",
    Outcome.DRILL: "Say in a few words which drill this was.",
}


def sign(
    equipment: Equipment,
    reviewer: Person,
    grant_id: str,
    outcome: Outcome,
    note: str = "",
    *,
    note_confirmed: bool = False,
    ask_another: bool = False,
    turn: int | None = None,
) -> Review:
    """Give an opinion of a grant: the only one, or the first of two, or the second.

    ``note_confirmed``: a note that looks identifying was kept on purpose. ``ask_another``: a second
    opinion is wanted although policy asks for none. ``turn``: as on the form that was filled in.

    Raises Refused (no reviewer, own access, approved or given the first opinion by this person), NotFound
    (no such grant, or it owes no review), Conflict (signed already, or moved on) or Invalid
    (a note that is missing, too long, or seems to name somebody).
    """
    missing = _MISSING[outcome] if outcome in NOTE_NEEDED else ""
    said = checked(note, missing, "The review was not signed.", confirmed=note_confirmed)
    with equipment.store.write() as tx:
        grant = get_grant(tx, grant_id)
        check_may_sign(tx, reviewer, grant)
        review = get_review(tx, grant.id)
        _check_unsigned(review, turn)
        kind = NoteKind.OPINION if review.state is ReviewState.SECOND else NoteKind.REVIEW
        facts = {"outcome": outcome.value, **write_down(tx, equipment, reviewer, grant, kind, said)}
        another = ask_another or outcome in equipment.catalog.reviews.second_opinion_for
        if review.state is ReviewState.OPEN and another:
            return _ask_another(tx, equipment, reviewer, grant, review, facts)
        return _close(tx, equipment, reviewer, grant, review, facts)


def _check_unsigned(review: Review, turn: int | None) -> None:
    if not review.is_open:
        raise Conflict(
            f"This review was signed already: {review.outcome}.",
            help="Look at it in the history of the access.",
        )
    if turn is not None and turn != review.turn:
        raise moved_on()


def _ask_another(
    tx: Transaction,
    equipment: Equipment,
    reviewer: Person,
    grant: Grant,
    review: Review,
    facts: dict[str, Any],
) -> Review:
    due_at = max(review.due_at, tx.at + equipment.catalog.reviews.second_opinion_within)
    entry = _entry("review.first_opinion", reviewer, grant, {**facts, "due_at": due_at.isoformat()})
    changes = {
        "first_outcome": facts["outcome"],
        "first_by": reviewer.id,
        "first_at": tx.at,
        "due_at": due_at,
        "overdue_told_at": None,
    }
    return move_review(tx, equipment.ledger, review, ReviewState.SECOND, entry, **changes)


def _close(
    tx: Transaction,
    equipment: Equipment,
    reviewer: Person,
    grant: Grant,
    review: Review,
    facts: dict[str, Any],
) -> Review:
    if review.state is ReviewState.SECOND:
        facts = {**facts, "agrees": facts["outcome"] == review.first_outcome}
    changes = {"outcome": facts["outcome"], "signed_by": reviewer.id, "signed_at": tx.at}
    entry = _entry("review.signed", reviewer, grant, facts)
    return move_review(tx, equipment.ledger, review, ReviewState.SIGNED, entry, **changes)


def _entry(event: str, reviewer: Person, grant: Grant, facts: dict[str, Any]) -> Entry:
    return Entry(event, reviewer.id, grant.request_id, grant.id, grant.person_id, facts)
