"""Past the block of an overdue review: by whoever states the danger, with somebody looking sooner and at once."""

from __future__ import annotations

from broker.access.equipment import Equipment
from broker.access.note_check import MAXIMUM_LENGTH, what_looks_identifying
from broker.access.request import AccessRequest
from broker.access.review_owed import overdue_reviews
from broker.errors import Invalid, Refused
from broker.ledger.entry import Entry
from broker.notes.note import About, NoteKind
from broker.policy.catalog import Catalog
from broker.policy.decision import Decision, Path, Rule
from broker.store import Reader, Transaction

SHORTEST = 10
_ASK_DANGER = "If waiting endangers the patient, say how, and break the glass again. Or ask an approver."


class Blocked(Refused):
    """An overdue review stands in the way, and stating the danger would lead past it."""

    help = _ASK_DANGER


def is_blocked(catalog: Catalog, decision: Decision, path: Path) -> bool:
    """Whether nothing but an overdue review refuses it, on a way that knows the override."""
    allowed = path is Path.BREAK_GLASS and catalog.reviews.override_within is not None
    return allowed and decision.refusals == (Rule.REVIEWS_DONE,)


def asks_danger(reader: Reader, catalog: Catalog, person_id: str) -> bool:
    """Whether this person has to state a danger to break the glass now, and may."""
    return catalog.reviews.override_within is not None and overdue_reviews(reader, person_id) > 0


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
