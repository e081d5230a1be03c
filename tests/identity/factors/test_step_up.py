from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from broker.errors import Refused
from broker.identity.disable import disable
from broker.identity.factors.refusal import FactorRefused, Reason
from broker.identity.factors.step_up import Action, Method, Proof, Refusal, confirm, perform
from broker.identity.factors.totp import last_step
from broker.identity.signing_in.known_sources import remember_source
from broker.identity.signing_in.lockout import FREE_TRIES
from broker.ledger.entry import Entry

ASK = Action("request.ask", {"patient": "patient_1", "entitlement": "recording"})
HOME = "192.0.2.10"


@pytest.fixture
def checking(ledger, box, clinician, clock):
    def of(code, action=ASK, source=HOME):
        return lambda tx: confirm(
            tx, ledger, box, clinician.id, code, action, wall=clock.wall(), source=source
        )

    return of


@pytest.fixture
def confirm_now(store, checking):
    def act(code, **about):
        with store.write() as tx:
            return checking(code, **about)(tx)

    return act


def test_a_proof_is_for_one_act_about_one_thing(confirm_now, clinician, clock):
    """It covers the act it was given for and no other verb, patient or field."""
    proof = confirm_now(clinician.phone.code())
    assert proof == Proof(clinician.id, ASK.digest, Method.TOTP, clock.now())
    assert proof.covers(Action("request.ask", {"entitlement": "recording", "patient": "patient_1"}))
    assert not proof.covers(Action("request.ask", {"entitlement": "recording", "patient": "patient_2"}))
    assert not proof.covers(Action("request.break_glass", ASK.about))
    assert not proof.covers(Action("request.ask"))


def test_a_digest_cannot_be_had_by_moving_text_between_fields():
    """Names and values are kept apart."""
    assert Action("a", {"b": "c"}).digest != Action("a", {"bc": ""}).digest
    assert Action("a", {"b": '","c":"'}).digest != Action("a", {"b": "", "c": ""}).digest


def test_a_code_cannot_confirm_a_second_act(confirm_now, clinician):
    """What was typed for one form is worthless for the next."""
    code = clinician.phone.code()
    assert isinstance(confirm_now(code), Proof)
    assert confirm_now(code, action=Action("request.approve", {"request": "request_1"})).reason is Reason.USED


def test_spaces_and_dashes_are_accepted(confirm_now, clinician):
    """A pasted code works as it is."""
    code = clinician.phone.code()
    assert isinstance(confirm_now(f" {code[:3]}-{code[3:]} "), Proof)


def test_a_recovery_code_confirms_and_is_written_down(confirm_now, clinician, events):
    """Its use is an event that people look at."""
    assert confirm_now(clinician.recovery_codes[3]).method is Method.RECOVERY
    assert events()[-1] == "recovery_code.used"
    assert confirm_now(clinician.recovery_codes[3]).reason is Reason.SPENT


def test_wrong_codes_lock_and_a_right_one_must_wait(confirm_now, clinician, clock, events):
    """After the free tries even the right code is refused until the lock ends."""
    for _ in range(FREE_TRIES - 1):
        assert confirm_now(clinician.phone.wrong_code()).reason is Reason.WRONG
    assert confirm_now(clinician.phone.wrong_code()).reason is Reason.LOCKED
    refused = confirm_now(clinician.phone.code())
    assert (refused.reason, refused.seconds) == (Reason.LOCKED, 30)
    assert refused.help == "Try again in about 30 seconds."
    clock.advance(seconds=30)
    assert isinstance(confirm_now(clinician.phone.code()), Proof)
    assert events()[-2:] == ["factor.refused", "person.locked_out"]


def test_what_was_refused_is_written_down_with_its_act_and_its_source(confirm_now, clinician, clock, told):
    """And when it locks, since when and from where; never the code."""
    for _ in range(FREE_TRIES):
        confirm_now(clinician.phone.wrong_code())
    refused, locked = told("factor.refused"), told("person.locked_out")
    assert (refused.actor, refused.subject) == (clinician.id, clinician.id)
    assert refused.facts == {"reason": "wrong", "action": "request.ask", "source": HOME}
    assert (locked.actor, locked.subject) == ("broker", clinician.id)
    until = clock.now() + timedelta(seconds=30)
    assert locked.facts == {"kind": "code", "source": HOME, "until": until.isoformat()}


def test_a_right_code_starts_the_count_anew(confirm_now, clinician, clock):
    """A few typing errors a day never add up to a lock."""
    for _ in range(3):
        for _ in range(FREE_TRIES - 1):
            assert confirm_now(clinician.phone.wrong_code()).reason is Reason.WRONG
        assert isinstance(confirm_now(clinician.phone.code()), Proof)
        clock.advance(seconds=30)


def test_a_code_sent_twice_is_no_guess(confirm_now, clinician):
    """Pressing the button ten times locks nobody out."""
    code = clinician.phone.code()
    confirm_now(code)
    assert {confirm_now(code).reason for _ in range(10)} == {Reason.USED}


def test_an_attacker_elsewhere_does_not_keep_a_clinician_from_acting(store, confirm_now, clinician):
    """Where the clinician has signed in before, strangers' tries do not count."""
    with store.write() as tx:
        remember_source(tx, clinician.id, HOME)
    for number in range(60):
        confirm_now(clinician.phone.wrong_code(), source=f"203.0.113.{number % 30}")
    assert confirm_now(clinician.phone.code(), source="198.51.100.1").reason is Reason.LOCKED
    assert isinstance(confirm_now(clinician.phone.code()), Proof)


def test_a_disabled_person_confirms_nothing(store, ledger, confirm_now, clinician):
    """Even with a session page still open and the right code."""
    with store.write() as tx:
        disable(tx, ledger, clinician.id, actor="broker")
    assert confirm_now(clinician.phone.code()).reason is Reason.WRONG


def test_the_act_and_the_code_commit_together(store, ledger, checking, clinician, box, events):
    """When the act fails the code is not used up and nothing is written."""

    def act(tx, proof):
        ledger.append(tx, Entry("request.asked", clinician.id))
        raise Refused("no")

    with store.read() as reader:
        before = last_step(reader, clinician.id)
    with pytest.raises(Refused):
        perform(store, checking(clinician.phone.code()), act)
    with store.read() as reader:
        assert last_step(reader, clinician.id) == before
    assert "request.asked" not in events()
    assert perform(store, checking(clinician.phone.code()), lambda tx, proof: proof.covers(ASK))


def test_a_refusal_is_raised_after_its_count_is_committed(store, checking, clinician):
    """So a caller cannot roll back the count by raising."""

    def act(tx, proof):
        raise AssertionError("a wrong code must not act")

    for reason in [Reason.WRONG] * (FREE_TRIES - 1) + [Reason.LOCKED]:
        with pytest.raises(FactorRefused) as refused:
            perform(store, checking(clinician.phone.wrong_code()), act)
        assert refused.value.refusal.reason is reason


def test_of_two_acts_that_race_on_one_code_one_happens(store, checking, clinician):
    """Two windows, one code: one act."""
    check, barrier, outcomes = checking(clinician.phone.code()), threading.Barrier(4), []

    def submit():
        barrier.wait()
        try:
            outcomes.append(perform(store, check, lambda tx, proof: "acted"))
        except FactorRefused as refused:
            outcomes.append(refused.refusal.reason)

    threads = [threading.Thread(target=submit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["acted", *[Reason.USED] * 3]


def test_the_ledger_holds_no_codes(confirm_now, clinician, ledger_text):
    """Neither right nor wrong ones, nor the secret."""
    wrong = clinician.phone.wrong_code()
    for code in (wrong, clinician.recovery_codes[0], "ABCD-EFGH-1234"):
        assert isinstance(confirm_now(code), Proof | Refusal)
    text = ledger_text()
    assert clinician.phone.secret not in text
    assert not any(code in text for code in (*clinician.recovery_codes, "ABCD-EFGH-1234", f'"{wrong}"'))
