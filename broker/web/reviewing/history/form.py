"""The form that narrows the history: what its lists offer, and how an address is shown in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from broker.errors import Invalid
from broker.identity.people import Role, everyone
from broker.patients.register import find_patient, patient_by_id
from broker.review.history.conditions import DUE, NONE, OVERDUE
from broker.review.history.filter_words import HOURS
from broker.review.history.filters import Filters, Shown, Weekday
from broker.review.queue.outcome import Outcome
from broker.sites.register import list_sites
from broker.store import Reader
from broker.web.parts import parts

MAY_LOOK = (Role.REVIEWER, Role.ADMIN)
# What identifies somebody is not repeated from an address nobody checked.
_PLAIN = frozenset({"state", "from", "to", "break_glass", "weekday", "earliest_hour", "before_hour"})

Options = list[tuple[str, str]]


@dataclass(frozen=True)
class Choices:
    """What the lists of the form offer: (value, text) pairs, the first narrows nothing."""

    people: Options
    sites: Options
    states: Options
    entitlements: Options
    purposes: Options
    reasons: Options
    approvers: Options
    reviews: Options
    weekdays: Options
    hours: Options


def choices(reader: Reader) -> Choices:
    catalog, people = parts().catalog, everyone(reader)
    offered = {each.id: each.title for each in catalog.entitlements.values()}
    named = [(each.id, f"{each.name} ({each.email})") for each in people]
    answering = [
        (each.id, each.name) for each in people if Role.APPROVER in each.roles or Role.REVIEWER in each.roles
    ]
    return Choices(
        people=[("", "Anybody"), *named],
        sites=[("", "Anywhere"), *((each.id, each.title) for each in list_sites(reader))],
        states=[("", "Any"), *((state.value, state.value.capitalize()) for state in Shown)],
        entitlements=[("", "Anything"), *sorted(offered.items(), key=lambda pair: pair[1])],
        purposes=[("", "Any"), *catalog.purposes.items()],
        reasons=[("", "Any"), *catalog.reasons.items()],
        approvers=[("", "Anybody or nobody"), *answering],
        reviews=[("", "Any"), *_reviews()],
        weekdays=[("", "Any"), *((day.value, day.value.capitalize()) for day in Weekday)],
        hours=[("", "Any"), *((str(hour), f"{hour:02d}:00") for hour in range(HOURS))],
    )


def _reviews() -> Options:
    open_ = [(DUE, "Due"), (OVERDUE, "Overdue")]
    return [*open_, *((each.value, each.value.capitalize()) for each in Outcome), (NONE, "None owed")]


def in_form(reader: Reader, filters: Filters) -> dict[str, str]:
    """The form as it was filled in for this address: a patient by the clinic's id, which the address does not hold."""
    patient = patient_by_id(reader, filters.patient) if filters.patient else None
    return {**filters.to_query(), "patient": patient.clinic_ref if patient else filters.patient or ""}


def without_ids(query: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in query.items() if name in _PLAIN}


def patient_id(reader: Reader, typed: str) -> str:
    """The broker's own id for what was typed, which may be that or the clinic's. Invalid when nobody has it."""
    if not typed.strip():
        return ""
    patient = find_patient(reader, typed) or patient_by_id(reader, typed.strip())
    if patient is None:
        raise Invalid(
            "No such patient.", {"patient": "No patient is known here by this id. Check how it is written."}
        )
    return patient.id
