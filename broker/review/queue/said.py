"""What reviewers write: checked, kept apart under a key of its own, and named in the ledger by its digest."""

from __future__ import annotations

from typing import Any

from broker.access.equipment import Equipment
from broker.access.grant import Grant
from broker.access.note_check import MAXIMUM_LENGTH, what_looks_identifying
from broker.errors import Invalid
from broker.identity.people import Person
from broker.notes.note import About, NoteKind
from broker.store import Transaction


def checked(text: str, missing: str, refusal: str, *, confirmed: bool, field: str = "note") -> str:
    """The text as it is kept. Invalid with ``refusal`` when it is missing (``missing`` says so, empty where it
    may be), too long, or seems to name somebody and nobody ``confirmed`` that it does not.
    """
    text = text.strip()
    fault = ""
    if not text:
        fault = missing
    elif len(text) > MAXIMUM_LENGTH:
        fault = f"Shorten the note to {MAXIMUM_LENGTH} characters."
    elif not confirmed and (found := what_looks_identifying(text)):
        fault = f"The note seems to hold {', '.join(found)}. Take it out, or confirm below that it identifies nobody."
    if fault:
        raise Invalid(refusal, {field: fault})
    return text


def write_down(
    tx: Transaction, equipment: Equipment, author: Person, grant: Grant, kind: NoteKind, text: str
) -> dict[str, Any]:
    """Keep the text; what comes back goes among the facts of the entry. Empty for an empty text."""
    fact = equipment.notes.write(tx, text, About(kind, grant.request_id, author.id, grant.id))
    return {"note": fact} if fact else {}
