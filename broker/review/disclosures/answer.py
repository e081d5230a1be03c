"""The answer to a patient's own question (GDPR Art. 15), without the excess of an emergency session.

Of the patient: what is held, who could open it, when, what for. Of others: no
patient, and of staff no more than policy says. Of the broker: nothing that helps
whoever would break in, such as sessions, addresses, factors or rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from broker.patients.holdings import HoldingKind, holdings_of
from broker.policy.catalog import Catalog
from broker.policy.durations import in_words
from broker.review.disclosures.accesses import Access
from broker.review.disclosures.draw_up import DrawnUp
from broker.store import Reader

FORMAT = 1
PURPOSES = "Letting staff see what they need in an emergency, and looking afterwards whether they did."
SOURCE = (
    "The clinic's own records; what staff wrote when they asked for access; what the clinic's sites report."
)
DECISIONS = "Rules decide who of the staff may ask. Nothing about you is decided by software alone."
RIGHTS = (
    "You may ask the clinic to correct or erase what is wrong or no longer needed, to restrict its use, "
    "and object to it. You may complain to a data protection authority."
)


@dataclass(frozen=True)
class Held:
    """Something kept here about the patient: its kind, its title, since when."""

    kind: str
    title: str
    since: datetime


@dataclass(frozen=True)
class Answer:
    """``who`` goes from a grant to how its holder is named; ``notes`` is empty unless they were asked for."""

    drawn: DrawnUp
    held: tuple[Held, ...]
    who: Mapping[str, str]
    notes: Mapping[str, str]
    kept: str


def answer_of(reader: Reader, catalog: Catalog, drawn: DrawnUp, *, with_notes: bool) -> Answer:
    """``with_notes`` after a reviewer has read them: free text may name others."""
    named = catalog.keeping.name_staff
    return Answer(
        drawn=drawn,
        held=tuple(
            Held(kind.value, each.title, each.added_at)
            for kind in HoldingKind
            for each in holdings_of(reader, drawn.patient.id, kind)
        ),
        who={each.grant_id: f"{each.name}, {each.roles}" if named else each.roles for each in drawn.accesses},
        notes={each.grant_id: each.note for each in drawn.accesses if with_notes and each.note},
        kept=_kept(catalog),
    )


def as_json(answer: Answer) -> dict[str, Any]:
    """Plain values; described in docs/disclosures.md."""
    drawn = answer.drawn
    return {
        "format": FORMAT,
        "patient": drawn.patient.clinic_ref,
        "from": drawn.period.first.isoformat(),
        "to": drawn.period.last.isoformat(),
        "made_at": _utc(drawn.made_at),
        "purposes": PURPOSES,
        "source": SOURCE,
        "kept": answer.kept,
        "decisions": DECISIONS,
        "rights": RIGHTS,
        "held": [{"kind": each.kind, "title": each.title, "since": _utc(each.since)} for each in answer.held],
        "accesses": [_told(each, answer) for each in drawn.accesses],
    }


def _told(access: Access, answer: Answer) -> dict[str, Any]:
    return {
        "began_at": _utc(access.began_at),
        "ended_at": _utc(access.ended_at),
        "who": answer.who[access.grant_id],
        "what": access.what,
        "where": access.where or None,
        "purpose": access.purpose,
        "reason": access.reason,
        "emergency": access.broke_glass,
        "times_opened": access.times_opened,
        "note": answer.notes.get(access.grant_id),
    }


def _kept(catalog: Catalog) -> str:
    notes = catalog.keeping.notes
    said = f"for {in_words(notes)}" if notes else "until the clinic erases it"
    return (
        f"What staff wrote in their own words is kept {said}. That somebody had access, when and what for, "
        "is kept for good: it is what proves to you and to others that nothing was left out."
    )


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
