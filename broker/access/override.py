"""Past the block of an overdue review: by whoever states the danger, with somebody looking sooner and at once."""

from __future__ import annotations

from broker.access.equipment import Equipment
from broker.access.note_check import MAXIMUM_LENGTH, what_looks_identifying
from broker.access.request import AccessRequest
from broker.access.review_owed import overdue_reviews
from broker.errors import Invalid
from broker.ledger.entry import Entry
from broker.notes.note import About, NoteKind
from broker.store import Transaction

SHORTEST = 10


def check_danger(danger: str, *, confirmed: bool) -> None:
    """Invalid when it was stated and says nothing, too much, or seems to name somebody."""
    danger = danger.strip()
    fault = ""
    if danger and len(danger) < SHORTEST:
        fault = "Say in a few words what threatens the patient if nobody gets in now."
    elif len(danger) > MAXIMUM_LENGTH:
        fault = f"Shorten it to {MAXIMUM_LENGTH} characters."
    elif not confirmed and (found := what_looks_identifying(danger)):
        fault = (
            f"It seems to hold {', '.join(found)}. Take it out, or confirm below that it identifies nobody."
        )
    if fault:
        raise Invalid("The danger was not understood.", {"danger": fault})


def record_override(tx: Transaction, equipment: Equipment, request: AccessRequest, danger: str) -> None:
    """Keep what was stated, and tell reviewers and administrators, in the commit that lets the person in."""
    about = About(NoteKind.OVERRIDE, request.id, request.person_id)
    facts = {
        "overdue": overdue_reviews(tx, request.person_id),
        "note": equipment.notes.write(tx, danger.strip(), about),
        "policy": request.policy_digest,
    }
    entry = Entry(
        "review.block_overridden",
        request.person_id,
        request=request.id,
        subject=request.person_id,
        facts=facts,
    )
    equipment.ledger.append(tx, entry)
