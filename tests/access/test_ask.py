from datetime import timedelta

import pytest

from broker.access.ask import ask
from broker.access.break_glass import break_glass_instead
from broker.access.equipment import TypedCode
from broker.access.grant import GrantState
from broker.access.request import RequestState, get_request
from broker.errors import Invalid, Refused
from broker.identity.factors.refusal import FactorRefused, Reason
from broker.notes.note import text_of
from broker.policy.decision import Path
from tests.fakes.clinic import Clinic

WRONG = TypedCode("000000", "192.0.2.10")


def test_an_ordinary_request_waits_for_an_approver(clinic: Clinic) -> None:
    """A request that policy wants approved is pending and grants nothing."""
    asked = clinic.ask()
    assert asked.request.state is RequestState.PENDING
    assert asked.grant is None
    assert clinic.events()[-1] == "request.asked"


def test_a_form_sent_twice_is_one_request(clinic: Clinic) -> None:
    """The second copy of a form answers the first one's request, without using a code."""
    form, code = clinic.form(), clinic.clinician.code()
    first = ask(clinic.equipment, clinic.clinician.person, form, code)
    second = ask(clinic.equipment, clinic.clinician.person, form, code)
    assert second.request.id == first.request.id


def test_a_code_works_once(clinic: Clinic) -> None:
    """The code of one request is refused for the next."""
    code = clinic.clinician.code()
    ask(clinic.equipment, clinic.clinician.person, clinic.form(), code)
    with pytest.raises(FactorRefused) as refused:
        ask(clinic.equipment, clinic.clinician.person, clinic.form(patient_ref="P-1001"), code)
    assert refused.value.refusal.reason is Reason.USED


def test_a_wrong_code_is_counted_although_nothing_was_asked(clinic: Clinic) -> None:
    """Wrong codes lock after a while, each of them committed on its own."""
    for _ in range(20):
        with pytest.raises(FactorRefused) as refused:
            ask(clinic.equipment, clinic.clinician.person, clinic.form(), WRONG)
        if refused.value.refusal.reason is Reason.LOCKED:
            break
    assert refused.value.refusal.reason is Reason.LOCKED
    assert "request.asked" not in clinic.events()


@pytest.mark.parametrize("path", [Path.ORDINARY, Path.BREAK_GLASS])
def test_without_the_code_every_patient_looks_the_same(clinic: Clinic, path: Path) -> None:
    """Whoever has the password alone learns from no answer who is a patient here, and every try is counted."""
    reasons = []
    for ref in ("P-1001", "P-9999", "P-2002") * 3:
        with pytest.raises(FactorRefused) as refused:
            form = clinic.form(patient_ref=ref, entitlement="patient-record", path=path)
            ask(clinic.equipment, clinic.clinician.person, form, WRONG)
        reasons.append(refused.value.refusal.reason)
    assert set(reasons[:4]) == {Reason.WRONG}
    assert reasons[-1] is Reason.LOCKED


def test_a_right_code_is_kept_for_the_corrected_form(clinic: Clinic) -> None:
    """Somebody who mistyped the patient's id sends the form again with the same code."""
    code = clinic.clinician.code()
    with pytest.raises(Invalid):
        ask(clinic.equipment, clinic.clinician.person, clinic.form(patient_ref="P-9999"), code)
    assert ask(clinic.equipment, clinic.clinician.person, clinic.form(), code).request.is_pending


@pytest.mark.parametrize("path", [Path.ORDINARY, Path.BREAK_GLASS])
def test_absent_and_forbidden_patients_look_the_same(clinic: Clinic, path: Path) -> None:
    """Nobody can learn from an answer whether a patient is known here."""
    answers = []
    for ref in ("P-9999", "P-2002"):
        with pytest.raises(Invalid) as invalid:
            ask(
                clinic.equipment,
                clinic.clinician.person,
                clinic.form(patient_ref=ref, entitlement="patient-record", path=path),
                clinic.clinician.code(),
            )
        answers.append((str(invalid.value), invalid.value.faults, invalid.value.help))
    assert answers[0] == answers[1]
    assert list(answers[0][1]) == ["patient"]


def test_a_refused_question_is_recorded_without_the_patient(clinic: Clinic) -> None:
    """The ledger knows that somebody was refused, and not what they typed."""
    with pytest.raises(Invalid):
        clinic.ask(patient_ref="P-9999")
    assert clinic.events()[-1] == "request.refused"


def test_a_note_that_seems_to_name_somebody_is_questioned_before_the_code_is_used(clinic: Clinic) -> None:
    """The warning costs no code, and the person may confirm the note as it is."""
    code = clinic.clinician.code()
    with pytest.raises(Invalid) as invalid:
        ask(clinic.equipment, clinic.clinician.person, clinic.form(note="born 01.02.1950"), code)
    assert list(invalid.value.faults) == ["note"]
    confirmed = clinic.form(note="born 01.02.1950", note_confirmed=True)
    asked = ask(clinic.equipment, clinic.clinician.person, confirmed, code).request
    with clinic.store.read() as reader:
        assert text_of(clinic.notes.note_of(reader, asked.id)) == "born 01.02.1950"


def test_policy_faults_name_their_field(clinic: Clinic) -> None:
    """A duration above the maximum is a fault of the duration."""
    with pytest.raises(Invalid) as invalid:
        clinic.ask(duration=timedelta(hours=9))
    assert list(invalid.value.faults) == ["duration"]


def test_break_glass_grants_at_once_and_owes_a_review(clinic: Clinic) -> None:
    """Nobody is waited for; the request says which way it came, and a review is open."""
    asked = clinic.break_glass()
    assert asked.request.state is RequestState.APPROVED
    assert asked.grant is not None
    assert asked.grant.state is GrantState.ISSUED
    assert asked.grant.expires_at - asked.grant.issued_at == timedelta(minutes=15)
    assert clinic.events()[-4:] == ["request.asked", "request.broke_glass", "grant.issued", "review.opened"]


def test_break_glass_is_shorter_than_asked(clinic: Clinic) -> None:
    """Whatever the form said, break-glass ends with policy's shorter maximum."""
    asked = clinic.break_glass(duration=timedelta(hours=1))
    assert asked.grant is not None
    assert asked.grant.expires_at - asked.grant.issued_at == timedelta(minutes=15)


def test_an_overdue_review_stops_the_next_break_glass(clinic: Clinic) -> None:
    """Who does not get reviewed goes through an approver the next time."""
    clinic.break_glass()
    clinic.clock.advance(hours=25)
    with pytest.raises(Refused):
        clinic.break_glass()
    assert clinic.ask().request.state is RequestState.PENDING


def test_an_unanswered_request_becomes_break_glass_only_after_its_time(clinic: Clinic) -> None:
    """Approvers get the time policy gives them; then the waiting request is withdrawn for a grant."""
    waiting = clinic.ask().request
    with pytest.raises(Refused):
        break_glass_instead(clinic.equipment, clinic.clinician.person, waiting.id, clinic.clinician.code())
    assert clinic.events()[-1] == "request.refused"
    clinic.clock.advance(minutes=5)
    code = clinic.clinician.code()
    broken = break_glass_instead(clinic.equipment, clinic.clinician.person, waiting.id, code)
    assert broken.grant is not None
    with clinic.store.read() as reader:
        assert get_request(reader, waiting.id).state is RequestState.WITHDRAWN


def test_break_the_glass_pressed_twice_is_one_grant(clinic: Clinic) -> None:
    """The second press leads to the grant of the first, also with the same code."""
    waiting = clinic.ask().request
    clinic.clock.advance(minutes=5)
    code = clinic.clinician.code()
    first, second = (
        break_glass_instead(clinic.equipment, clinic.clinician.person, waiting.id, code) for _ in range(2)
    )
    assert first.grant is not None
    assert second.grant == first.grant
    assert clinic.events().count("grant.issued") == 1
