"""What software says it wants a token for (RFC 9396, RFC 8707): which of a person's accesses it means."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from broker.access.find import live_grants_of
from broker.access.grant import Grant
from broker.credentials.tokens.details import TYPE
from broker.credentials.tokens.offer import Offer, offer_of
from broker.errors import Refused
from broker.patients.register import normalise_ref, patient_by_id
from broker.store import Reader

LONGEST = 4_000
_TEXTS, _LISTS = ("identifier", "patient"), ("locations", "datatypes", "actions")
_KNOWN = frozenset({"type", *_TEXTS, *_LISTS})


class DetailsRefused(Refused):
    """``authorization_details`` that nobody can follow (RFC 9396, section 5)."""

    help = "See docs/authorization-server.md for what they may say."


@dataclass(frozen=True)
class Wanted:
    """Every field narrows the choice; an empty one says nothing. ``patient`` is the clinic's own id."""

    identifier: str = ""
    audience: str = ""
    patient: str = ""
    datatypes: frozenset[str] = frozenset()
    actions: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Choice:
    """A live access of which software may get a token."""

    grant: Grant
    offer: Offer


def read_wanted(text: str, *, resource: str = "", in_address: bool = False) -> Wanted:
    """What ``authorization_details`` and ``resource`` say together. Raises DetailsRefused.

    ``in_address`` where it arrived in a URL: no patient is ever named there.
    """
    if not text:
        return Wanted(audience=resource)
    said = _one_object(text)
    if said.get("type") != TYPE or not said.keys() <= _KNOWN:
        raise DetailsRefused(f"The one type of details known here is {TYPE}.")
    if in_address and said.get("patient"):
        raise DetailsRefused("A patient must not be named in an address.")
    lists = {name: _texts(said.get(name, [])) for name in _LISTS}
    if len(lists["locations"]) > 1 or (resource and lists["locations"] - {resource}):
        raise DetailsRefused("A token is good at one place.")
    return Wanted(
        identifier=_text(said.get("identifier", "")),
        audience=next(iter(lists["locations"]), resource),
        patient=_text(said.get("patient", "")),
        datatypes=lists["datatypes"],
        actions=lists["actions"],
    )


def choices_of(reader: Reader, person_id: str, wanted: Wanted) -> list[Choice]:
    """The person's accesses that are meant and can be used now, the first to end first."""
    offered = [(grant, offer_of(grant)) for grant in live_grants_of(reader, person_id)]
    choices = [Choice(grant, offer) for grant, offer in offered if offer and grant.is_effective(reader.at)]
    return [choice for choice in choices if _is_meant(reader, choice, wanted)]


def _is_meant(reader: Reader, choice: Choice, wanted: Wanted) -> bool:
    grant, offer = choice.grant, choice.offer
    # A token says what its access says, no less: software that wants another one is not given this one.
    return (
        wanted.identifier in {"", grant.id}
        and wanted.audience in {"", offer.audience}
        and wanted.datatypes in {frozenset(), frozenset(offer.datatypes)}
        and wanted.actions in {frozenset(), frozenset(offer.actions)}
        and (not wanted.patient or _called(reader, grant.patient_id) == normalise_ref(wanted.patient))
    )


def _called(reader: Reader, patient_id: str) -> str:
    patient = patient_by_id(reader, patient_id)
    return patient.clinic_ref if patient else ""


def _one_object(text: str) -> dict[str, Any]:
    try:
        said = json.loads(text) if len(text) <= LONGEST else None
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, list) or len(said) != 1 or not isinstance(said[0], dict):
        raise DetailsRefused("The details must be a JSON list of exactly one object.")
    return said[0]


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise DetailsRefused("A field of the details is of the wrong kind.")
    return value


def _texts(value: object) -> frozenset[str]:
    if not isinstance(value, list):
        raise DetailsRefused("A field of the details is of the wrong kind.")
    return frozenset(_text(each) for each in value)
