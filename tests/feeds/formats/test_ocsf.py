"""OCSF events, held against the schema's own classes (1.5.0) and against somebody else's models of its objects."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from py_ocsf_models.events.base_event import BaseEvent

from broker.feeds.formats.about import NOTHING
from broker.feeds.formats.kinds import kind_of
from broker.feeds.formats.ocsf.event import VERSION, ocsf_event
from broker.ledger.entry import Entry, Recorded
from tests.fakes.clinic import Clinic
from tests.feeds.conftest import TELLER, hostile, read

SCHEMA = json.loads((Path(__file__).parents[2] / "vectors" / "ocsf-1.5.0.json").read_text())
OTHER = "99"
EVENTS = (
    *("person.signed_in", "person.sign_in_failed", "session.ended", "factor.refused", "person.added"),
    *(
        "person.roles_set",
        "person.locked_out",
        "passkey.copied",
        "token.issued",
        "token.revoked",
        "site.added",
    ),
    *("keys.switched", "drift.found", "link.exchanged", "link.refused", "moon.landed_on", "patient.added"),
)


def told(clinic: Clinic) -> list[dict[str, Any]]:
    return [ocsf_event(entry, about, teller=TELLER) for entry, about in read(clinic)]


def check(event: dict[str, Any]) -> None:
    """Against the class: what is required is there, nothing is there that the class has not, numbers fit."""
    of = SCHEMA["classes"][str(event["class_uid"])]
    assert set(of["required"]) <= set(event)
    profiles = [SCHEMA["profiles"][each] for each in event["metadata"].get("profiles", [])]
    attributes = {**of["attributes"], **{name: sort for each in profiles for name, sort in each.items()}}
    assert set(event) <= {*attributes, "unmapped"}
    assert event["category_uid"] == of["category"]
    assert event["type_uid"] == event["class_uid"] * 100 + event["activity_id"]
    assert str(event["activity_id"]) in of["activities"]
    assert ("activity_name" in event) == (str(event["activity_id"]) == OTHER)
    assert not of["at_least_one"] or set(of["at_least_one"]) & set(event)
    for name, value in event.items():
        for each in value if isinstance(value, list) else [value]:
            check_object(attributes.get(name, ""), each)


def check_object(sort: str, value: Any) -> None:
    known = SCHEMA["objects"].get(sort.removesuffix("[]"))
    if known is None:
        return
    assert set(value) <= set(known["attributes"]), sort
    assert set(known["required"]) <= set(value), sort
    assert not known["at_least_one"] or set(known["at_least_one"]) & set(value), sort
    for name in ("user", "product"):
        if name in value:
            check_object(name, value[name])


def test_every_entry_fits_its_class(clinic: Clinic) -> None:
    """A whole ledger: each event has what its class requires and nothing its class does not know."""
    for event in told(clinic):
        check(event)
        BaseEvent.model_validate(event)


@pytest.mark.parametrize("name", EVENTS)
def test_events_of_other_rooms(clinic: Clinic, name: str) -> None:
    """Sign-ins, accounts, tokens, sites, and what a later version writes."""
    subject = None if name.split(".", maxsplit=1)[0] in {"site", "keys", "moon"} else "person_1"
    event = ocsf_event(
        Recorded(1, clinic.clock.now(), "ab" * 32, Entry(name, "person_1", subject=subject)),
        NOTHING,
        teller=TELLER,
    )
    check(event)
    BaseEvent.model_validate(event)


def test_access_is_assigned_and_revoked_once(clinic: Clinic) -> None:
    """Each grant is one Assign Privileges and one Revoke Privileges for its holder."""
    found = [each for each in told(clinic) if each["class_uid"] == 3005]
    assert Counter(each["activity_id"] for each in found) == {1: 2, 2: 2}
    assert {each["user"]["uid"] for each in found} == {clinic.clinician.id}


def test_nothing_is_lost(clinic: Clinic) -> None:
    """Every fact of an entry stands somewhere in its event, and the sequence is the ledger's."""
    for entry, about in read(clinic):
        event = ocsf_event(entry, about, teller=TELLER)
        assert event["metadata"]["sequence"] == entry.seq
        assert event["metadata"]["version"] == VERSION == SCHEMA["version"]
        for name, value in entry.entry.facts.items():
            if isinstance(value, str) and value:
                assert event["unmapped"][f"fact.{name}"] == value


def test_failure_is_told(clinic: Clinic) -> None:
    """A step that did not come about is a failure, a step that did a success."""
    for entry, about in read(clinic):
        assert ocsf_event(entry, about, teller=TELLER)["status_id"] == (2 if kind_of(entry).failed else 1)
    assert ocsf_event(hostile(clinic), NOTHING, teller=TELLER)["status_id"] == 2
