from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path as FilePath
from typing import Any

import pytest

from broker.policy.decision import Ask, Decision, Outcome, Path, Rule, Subject
from broker.policy.evaluate import evaluate
from broker.policy.load import load_catalog

SHIPPED = load_catalog(FilePath(__file__).parents[2] / "policies")
CLINICIAN = Subject("person_1", frozenset({"clinician"}), has_factor=True)
ASK = Ask("patient-record", Path.ORDINARY, "ETREAT", "unresponsive", timedelta(minutes=30), "general")


def _decide(subject: Subject = CLINICIAN, **changes: Any) -> Decision:
    return evaluate(SHIPPED, subject, replace(ASK, **changes))


def test_an_ordinary_request_waits_for_approval() -> None:
    """What policy allows is granted after approval, and the decision says by whom and until when."""
    decision = _decide()
    assert decision.outcome is Outcome.ALLOW_AFTER_APPROVAL
    assert decision.duration == timedelta(minutes=30)
    assert (decision.approvals_needed, decision.approver_roles) == (1, {"approver"})
    assert decision.lapse_after == timedelta(minutes=30)
    assert decision.approver_factor_fresh_for == timedelta(minutes=5)
    assert decision.break_glass_after == timedelta(minutes=5)
    assert decision.review_within is None
    assert decision.refusals == ()
    assert decision.policy_digest == SHIPPED.digest


def test_break_glass_is_immediate_shorter_and_reviewed() -> None:
    """Breaking the glass asks nobody, lasts no longer than policy's shorter limit, and owes a review."""
    decision = _decide(path=Path.BREAK_GLASS, duration=timedelta(hours=1))
    assert decision.outcome is Outcome.ALLOW_NOW
    assert decision.duration == timedelta(minutes=15)
    assert decision.review_within == timedelta(hours=24)
    assert (decision.approvals_needed, decision.approver_roles, decision.lapse_after) == (
        0,
        frozenset(),
        None,
    )
    assert any("Shortened to 15 minutes" in reason.words for reason in decision.reasons)


def test_two_approvers_are_two() -> None:
    """A restricted record needs two people and owes a review on the ordinary way, too."""
    decision = _decide(entitlement_id="restricted-record", compartment="restricted")
    assert (decision.approvals_needed, decision.approver_roles) == (2, {"approver", "reviewer"})
    assert decision.review_within == timedelta(days=7)
    assert decision.break_glass_after is None


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"entitlement_id": "absent"}, Rule.ENTITLEMENT_EXISTS),
        ({"entitlement_id": ""}, Rule.ENTITLEMENT_EXISTS),
        ({"path": "sideways"}, Rule.PATH_OPEN),
        (
            {"path": Path.BREAK_GLASS, "entitlement_id": "restricted-record", "compartment": "restricted"},
            Rule.PATH_OPEN,
        ),
        (
            {"path": Path.EXTENSION, "entitlement_id": "restricted-record", "compartment": "restricted"},
            Rule.PATH_OPEN,
        ),
        ({"path": Path.EXTENSION, "already_held": timedelta(minutes=-60)}, Rule.PATH_OPEN),
        ({"compartment": None}, Rule.PATIENT_COVERED),
        ({"compartment": ""}, Rule.PATIENT_COVERED),
        ({"compartment": "restricted"}, Rule.PATIENT_COVERED),
        ({"compartment": "unheard-of"}, Rule.PATIENT_COVERED),
        (
            {"path": Path.BREAK_GLASS, "entitlement_id": "telehealth-recording", "compartment": "restricted"},
            Rule.PATIENT_COVERED,
        ),
        ({"purpose": ""}, Rule.PURPOSE_ALLOWED),
        ({"purpose": "HOPERAT"}, Rule.PURPOSE_ALLOWED),
        ({"purpose": "etreat"}, Rule.PURPOSE_ALLOWED),
        ({"path": Path.BREAK_GLASS, "purpose": "TREAT"}, Rule.PURPOSE_ALLOWED),
        ({"reason": "because"}, Rule.REASON_KNOWN),
        ({"reason": ""}, Rule.REASON_KNOWN),
        ({"duration": timedelta(0)}, Rule.DURATION_ALLOWED),
        ({"duration": timedelta(minutes=-1)}, Rule.DURATION_ALLOWED),
        ({"duration": timedelta(minutes=61)}, Rule.DURATION_ALLOWED),
        ({"duration": timedelta(0), "path": Path.BREAK_GLASS}, Rule.DURATION_ALLOWED),
        ({"path": Path.EXTENSION, "already_held": timedelta(hours=2)}, Rule.DURATION_ALLOWED),
        ({"path": Path.EXTENSION, "already_held": timedelta(days=9999)}, Rule.DURATION_ALLOWED),
    ],
)
def test_whatever_policy_does_not_say_is_refused(changes: dict[str, Any], rule: Rule) -> None:
    """Exactly the rule that is not met refuses, and a refusal holds nothing one could act on."""
    decision = _decide(**changes)
    assert decision.refusals == (rule,)
    assert decision == Decision(Outcome.REFUSE, decision.reasons, SHIPPED.digest)


@pytest.mark.parametrize("roles", [set(), {"approver", "reviewer", "admin"}, {"Clinician"}, {"clinician "}])
@pytest.mark.parametrize("path", list(Path))
def test_only_the_roles_named_may_ask(roles: set[str], path: Path) -> None:
    """No other role, administrators included, stands in for the one policy names."""
    assert _decide(Subject("p", frozenset(roles), has_factor=True), path=path).refusals == (
        Rule.ROLE_MAY_ASK,
    )


@pytest.mark.parametrize("path", list(Path))
def test_nothing_is_granted_without_the_factor(path: Path) -> None:
    """Somebody who has not set up the second factor is refused on every way in."""
    assert _decide(replace(CLINICIAN, has_factor=False), path=path).refusals == (Rule.FACTOR_ENROLLED,)


@pytest.mark.parametrize("overdue", [1, 7, -1])
def test_overdue_reviews_stop_only_what_nobody_approves(overdue: int) -> None:
    """An overdue review blocks breaking the glass and leaves the way over an approver open."""
    late = replace(CLINICIAN, overdue_reviews=overdue)
    assert _decide(late, path=Path.BREAK_GLASS).refusals == (Rule.REVIEWS_DONE,)
    assert _decide(late).allowed
    assert _decide(late, path=Path.EXTENSION).allowed


def test_a_stated_danger_passes_the_block_on_the_glass_alone() -> None:
    """Access at once with a review due sooner; no other way is opened by it, nor any other rule."""
    late = replace(CLINICIAN, overdue_reviews=1)
    passed = _decide(late, path=Path.BREAK_GLASS, danger_stated=True)
    assert (passed.outcome, passed.overrides_block) == (Outcome.ALLOW_NOW, True)
    assert passed.review_within == timedelta(hours=4)
    assert passed.review_within < (_decide(CLINICIAN, path=Path.BREAK_GLASS).review_within or timedelta())
    nothing_owed = _decide(CLINICIAN, path=Path.BREAK_GLASS, danger_stated=True)
    assert nothing_owed == _decide(CLINICIAN, path=Path.BREAK_GLASS)
    without_factor = _decide(replace(late, has_factor=False), path=Path.BREAK_GLASS, danger_stated=True)
    assert without_factor.refusals == (Rule.FACTOR_ENROLLED,)
    assert not _decide(late, danger_stated=True).overrides_block


def test_overdue_reviews_stop_ordinary_grants_without_approver() -> None:
    """The same holds where policy asks for no approval at all."""
    entitlement = SHIPPED.entitlements["patient-record"]
    free = replace(entitlement, approvals=replace(entitlement.approvals, needed=0), break_glass=None)
    catalog = replace(SHIPPED, entitlements={free.id: free})
    assert evaluate(catalog, CLINICIAN, ASK).outcome is Outcome.ALLOW_NOW
    assert evaluate(catalog, replace(CLINICIAN, overdue_reviews=1), ASK).refusals == (Rule.REVIEWS_DONE,)


@pytest.mark.parametrize(
    ("held", "asked", "granted"),
    [(60, 30, 30), (60, 60, 60), (10, 600, 60), (60, 600, 60), (100, 60, 20), (119, 60, 1)],
)
def test_an_extension_stays_within_the_total(held: int, asked: int, granted: int) -> None:
    """An extension is cut to what is left of the total, and never longer than one ordinary grant."""
    decision = _decide(
        path=Path.EXTENSION, already_held=timedelta(minutes=held), duration=timedelta(minutes=asked)
    )
    assert decision.duration == timedelta(minutes=granted)
    assert decision.outcome is Outcome.ALLOW_AFTER_APPROVAL
    assert decision.break_glass_after is None


def test_a_grant_by_break_glass_can_be_extended_under_its_purpose() -> None:
    """A purpose that only breaking the glass allows still counts when an approver extends that grant."""
    entitlement = SHIPPED.entitlements["patient-record"]
    narrow = replace(SHIPPED, entitlements={"patient-record": replace(entitlement, purposes=("TREAT",))})
    ask = replace(ASK, purpose="BTG", already_held=timedelta(minutes=15))
    assert evaluate(narrow, CLINICIAN, replace(ask, path=Path.EXTENSION)).allowed
    assert evaluate(narrow, CLINICIAN, ask).refusals == (Rule.PURPOSE_ALLOWED,)


@pytest.mark.parametrize(
    "changes", [{"purpose": "TREAT"}, {"entitlement_id": "telehealth-recording", "compartment": "restricted"}]
)
def test_break_glass_is_not_promised_where_it_would_be_refused(changes: dict[str, Any]) -> None:
    """A waiting request offers to break the glass only when its own patient and purpose allow it."""
    decision = _decide(**changes)
    assert decision.allowed
    assert decision.break_glass_after is None


def test_absent_and_forbidden_patients_look_alike() -> None:
    """Nobody learns from a refusal whether a patient exists."""
    assert _decide(compartment=None) == _decide(compartment="restricted")


def test_every_rule_is_explained_even_when_one_refuses() -> None:
    """A refused decision still shows every other rule, so that one round mends everything."""
    decision = _decide(
        replace(CLINICIAN, has_factor=False),
        purpose="X",
        reason="Y",
        compartment=None,
        duration=timedelta(days=1),
    )
    assert set(decision.refusals) == {
        Rule.FACTOR_ENROLLED,
        Rule.PURPOSE_ALLOWED,
        Rule.REASON_KNOWN,
        Rule.PATIENT_COVERED,
        Rule.DURATION_ALLOWED,
    }
    assert all(reason.words for reason in decision.reasons)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"compartment": "restricted"}, Rule.PATIENT_COVERED),
        ({"purpose": "UNDECLARED"}, Rule.PURPOSE_ALLOWED),
    ],
)
def test_a_catalog_that_contradicts_itself_opens_no_more(changes: dict[str, Any], rule: Rule) -> None:
    """Break-glass terms wider than the entitlement, however they came about, widen nothing."""
    entitlement = SHIPPED.entitlements["patient-record"]
    assert entitlement.break_glass is not None
    glass = replace(
        entitlement.break_glass,
        maximum=timedelta(days=1),
        compartments=frozenset({"general", "restricted"}),
        purposes=("ETREAT", "UNDECLARED"),
    )
    wide = replace(SHIPPED, entitlements={entitlement.id: replace(entitlement, break_glass=glass)})
    ask = replace(ASK, path=Path.BREAK_GLASS, duration=timedelta(days=1))
    assert evaluate(wide, CLINICIAN, ask).duration == timedelta(hours=1)
    assert evaluate(wide, CLINICIAN, replace(ask, **changes)).refusals == (rule,)
