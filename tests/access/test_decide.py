import threading
from datetime import timedelta

import pytest

from broker.access.decide import SessionFactor, Verdict, decide, needs_code
from broker.access.equipment import TypedCode
from broker.access.lapse import lapse_due
from broker.access.request import RequestState, get_request
from broker.access.withdraw import withdraw
from broker.errors import Conflict, Invalid, NotFound, Refused
from broker.identity.factors.refusal import FactorRefused
from broker.identity.people import Role, set_roles
from tests.fakes.clinic import Clinic


def test_one_approval_grants_and_time_counts_from_it(clinic: Clinic) -> None:
    """The grant's end is the duration after the approval, not after the question."""
    request = clinic.ask().request
    clinic.clock.advance(minutes=10)
    decided = clinic.approve(request.id)
    assert decided.grant is not None
    assert decided.grant.expires_at == clinic.clock.now() + timedelta(minutes=15)


def test_nobody_approves_their_own_request_whatever_their_roles(clinic: Clinic) -> None:
    """Approver and administrator roles do not lift the ban."""
    request = clinic.ask().request
    with clinic.store.write() as tx:
        everything = set_roles(tx, clinic.ledger, clinic.clinician.id, list(Role), actor="broker")
    with pytest.raises(Refused):
        decide(clinic.equipment, everything, request.id, Verdict.APPROVE, "", clinic.clinician.fresh)


@pytest.mark.parametrize("role", ["reviewer", "admin", "clinician"])
def test_only_the_roles_policy_names_decide(clinic: Clinic, role: str) -> None:
    """Holding some role is not enough, not even the administrator's."""
    request = clinic.ask().request
    member = clinic.join(f"other-{role}", Role(role))
    with pytest.raises(Refused):
        decide(clinic.equipment, member.person, request.id, Verdict.APPROVE, "", member.fresh)


def test_a_providers_word_is_no_approvers_factor(clinic: Clinic) -> None:
    """However fresh: whoever signed in there types a code here, or shows a passkey."""
    request, approver = clinic.ask().request, clinic.approver
    theirs = SessionFactor("sso", clinic.clock.now())
    assert needs_code(clinic.equipment, request, theirs, clinic.clock.now())
    with pytest.raises(Refused):
        decide(clinic.equipment, approver.person, request.id, Verdict.APPROVE, "", theirs)
    assert decide(clinic.equipment, approver.person, request.id, Verdict.APPROVE, "", approver.code()).grant


def test_a_stale_session_factor_is_refused_and_a_code_is_taken(clinic: Clinic) -> None:
    """Six minutes after signing in an approver has to type a code."""
    request = clinic.ask().request
    stale = clinic.approver.fresh
    clinic.clock.advance(minutes=6)
    with pytest.raises(Refused):
        decide(clinic.equipment, clinic.approver.person, request.id, Verdict.APPROVE, "", stale)
    code = clinic.approver.code()
    assert decide(clinic.equipment, clinic.approver.person, request.id, Verdict.APPROVE, "", code).grant


def test_a_wrong_code_decides_nothing(clinic: Clinic) -> None:
    """The verdict and the code stand or fall together."""
    request = clinic.ask().request
    wrong = TypedCode("000000", "192.0.2.10")
    with pytest.raises(FactorRefused):
        decide(clinic.equipment, clinic.approver.person, request.id, Verdict.APPROVE, "", wrong)
    with clinic.store.read() as reader:
        assert get_request(reader, request.id).is_pending


def test_a_denial_says_why(clinic: Clinic) -> None:
    """Without a comment a denial is refused, with one it closes the request."""
    request = clinic.ask().request
    with pytest.raises(Invalid):
        decide(clinic.equipment, clinic.approver.person, request.id, Verdict.DENY, " ", clinic.approver.fresh)
    denied = decide(
        clinic.equipment, clinic.approver.person, request.id, Verdict.DENY, "call me", clinic.approver.fresh
    )
    assert denied.request.state is RequestState.DENIED
    assert denied.grant is None


def test_a_quorum_of_two_is_two_people(clinic: Clinic) -> None:
    """The first approval grants nothing, the same person cannot give the second, another one can."""
    request = clinic.ask(patient_ref="P-2002", entitlement="restricted-record").request
    first = clinic.approve(request.id)
    assert (first.grant, first.still_needed) == (None, 1)
    with pytest.raises(Conflict):
        clinic.approve(request.id)
    assert clinic.approve(request.id, clinic.second_approver).grant is not None


def test_a_request_ends_by_withdrawal_or_by_lapsing_and_then_nobody_can_approve_it(clinic: Clinic) -> None:
    """What is closed stays closed."""
    withdrawn, lapsed = clinic.ask().request, clinic.ask().request
    assert withdraw(clinic.equipment, clinic.clinician.person, withdrawn.id).state is RequestState.WITHDRAWN
    with pytest.raises(NotFound):
        withdraw(clinic.equipment, clinic.approver.person, lapsed.id)
    clinic.clock.advance(minutes=31)
    with pytest.raises(Conflict):
        clinic.approve(lapsed.id)
    assert lapse_due(clinic.equipment) == 1
    for request in (withdrawn, lapsed):
        with pytest.raises(Conflict):
            clinic.approve(request.id)


def test_two_approvers_at_once_make_one_grant(clinic: Clinic) -> None:
    """Whoever comes second is told, and nothing is granted twice."""
    request = clinic.ask().request
    outcomes: list[object] = []
    gate = threading.Barrier(2)

    def approve(by: object) -> None:
        gate.wait()
        try:
            outcomes.append(clinic.approve(request.id, by).grant)  # type: ignore[arg-type]
        except Conflict as conflict:
            outcomes.append(conflict)

    threads = [
        threading.Thread(target=approve, args=(by,)) for by in (clinic.approver, clinic.second_approver)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(isinstance(outcome, Conflict) for outcome in outcomes) == [False, True]
    assert clinic.events().count("grant.issued") == 1
