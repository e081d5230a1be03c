from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path as FilePath

from broker.policy.decision import Ask, Path, Subject
from broker.policy.evaluate import evaluate
from broker.policy.load import load_catalog
from broker.policy.simulate import describe, explain, fill_in

SHIPPED = load_catalog(FilePath(__file__).parents[2] / "policies")
CLINICIAN = Subject("person_1", frozenset({"clinician"}), has_factor=True)
ASK = Ask("patient-record", Path.ORDINARY, "ETREAT", "unresponsive", timedelta(minutes=30), "general")


def test_a_yes_says_what_follows() -> None:
    """An allowed request is explained with who approves, when it lapses and when glass may be broken."""
    words = explain(SHIPPED, evaluate(SHIPPED, CLINICIAN, ASK))
    assert words.startswith("Yes, for 30 minutes, after 1 person has approved.")
    for said in (
        "Approver on call; never by the person who asks",
        "lapses after 30 minutes",
        "for 5 minutes, its page",
    ):
        assert said in words
    assert SHIPPED.digest in words


def test_break_glass_says_that_a_review_is_due() -> None:
    """An immediate grant is explained with the review it owes."""
    words = explain(SHIPPED, evaluate(SHIPPED, CLINICIAN, replace(ASK, path=Path.BREAK_GLASS)))
    assert words.startswith("Yes, at once, for 15 minutes.")
    assert "must review it within 24 hours" in words


def test_a_no_names_every_rule_that_is_not_met() -> None:
    """A refusal begins with the rules that refused and shows nothing that would follow."""
    words = explain(SHIPPED, evaluate(SHIPPED, CLINICIAN, replace(ASK, purpose="X", compartment=None)))
    assert words.startswith("No. Not met: patient-covered, purpose-allowed.")
    assert words.count("[NO]") == 2
    assert "Approved by" not in words


def test_what_is_not_said_is_filled_in_and_shown() -> None:
    """A question without purpose and patient is put with the first ones policy accepts, and says so."""
    entitlement = SHIPPED.entitlements["restricted-record"]
    ask = fill_in(
        SHIPPED, entitlement, replace(ASK, entitlement_id=entitlement.id, purpose="", compartment=None)
    )
    assert (ask.purpose, ask.compartment) == ("ETREAT", "restricted")
    words = describe(SHIPPED, entitlement, CLINICIAN, ask)
    assert "in compartment restricted" in words
    assert "person_1 (Clinician)" in words


def test_what_software_gets_is_said() -> None:
    """Whoever tries a policy sees what a token would open; and that it opens nothing where there is none."""
    offered = SHIPPED.entitlements["ehr-allergies-medication"]
    words = describe(SHIPPED, offered, CLINICIAN, ASK)
    assert (
        "For software:    let software read and search this patient's AllergyIntolerance and MedicationRequest at"
        in words
    )
    none = describe(SHIPPED, SHIPPED.entitlements["patient-record"], CLINICIAN, ASK)
    assert "For software:    nothing" in none
