"""Where policy wants a passkey nothing less confirms, and nobody learns of patients by trying with less."""

from __future__ import annotations

from dataclasses import replace

import pytest

from broker.access.ask import ask
from broker.access.decide import SessionFactor, Verdict, decide, needs_code
from broker.access.equipment import TypedCode
from broker.errors import Refused
from broker.identity.factors.change import Change, changing
from broker.identity.factors.passkeys.add import add_passkey, begin_passkey
from broker.identity.factors.passkeys.confirm import BEGIN, PasskeyDesk
from broker.identity.factors.passkeys.relying_party import RelyingParty
from broker.identity.factors.refusal import FactorRefused, Reason
from broker.identity.factors.step_up import Method, Proof
from broker.identity.people import by_id
from broker.policy.catalog import Factor
from tests.fakes.clinic import Clinic, Member
from tests.fakes.soft_passkey import ORIGIN, PARTY, SoftPasskey

WHAT = "telehealth-recording"
SOURCE = "192.0.2.10"


@pytest.fixture
def clinic(store, clock):
    """The clinic, with a passkey wanted for recordings."""
    made = Clinic(store, clock)
    catalog = made.equipment.catalog
    strict = replace(catalog.entitlements[WHAT], factor=Factor.PASSKEY)
    entitlements = {**catalog.entitlements, WHAT: strict}
    made.equipment = replace(made.equipment, catalog=replace(catalog, entitlements=entitlements))
    return made


def give_passkey(clinic: Clinic, member: Member) -> SoftPasskey:
    device = SoftPasskey()
    desk = PasskeyDesk(clinic.ledger, clinic.box, RelyingParty(PARTY, ORIGIN))
    with clinic.store.write() as tx:
        proof = Proof(member.id, changing(member.id, Change.PASSKEY).digest, Method.TOTP, tx.at)
        options = begin_passkey(tx, desk, member.id, proof, session="s")
        add_passkey(tx, desk, member.id, device.make(options), name="Key", session="s")
        member.person = by_id(tx, member.id)
    return device


def options_of(act) -> str:
    with pytest.raises(FactorRefused) as asked:
        act(TypedCode("", SOURCE, BEGIN))
    assert asked.value.refusal.reason is Reason.CHALLENGE
    return asked.value.refusal.options


def test_a_code_does_not_ask_and_is_not_used_up(clinic):
    """Refused for a patient there is and one there is not, in the same words; the code still works elsewhere."""
    give_passkey(clinic, clinic.clinician)
    code, said = clinic.clinician.code(), []
    for patient in ("P-1001", "P-9999"):
        with pytest.raises(FactorRefused) as refused:
            ask(clinic.equipment, clinic.clinician.person, clinic.form(patient_ref=patient), code)
        said.append(str(refused.value))
    assert len(set(said)) == 1
    assert "passkey" in said[0]
    form = clinic.form(entitlement="patient-record")
    assert ask(clinic.equipment, clinic.clinician.person, form, code).request


def test_a_passkey_asks(clinic):
    """And the request says by what it was confirmed."""
    device, form = give_passkey(clinic, clinic.clinician), clinic.form()
    person = clinic.clinician.person
    options = options_of(lambda typed: ask(clinic.equipment, person, form, typed))
    asked = ask(clinic.equipment, person, form, TypedCode("", SOURCE, device.answer(options)))
    assert asked.request.factor_method == "passkey"


def test_an_answer_for_one_patient_asks_for_no_other(clinic):
    """Nor on another path: the act is part of what the passkey signs."""
    device, person = give_passkey(clinic, clinic.clinician), clinic.clinician.person
    clinic.admit("P-3003", "general")
    options = options_of(lambda typed: ask(clinic.equipment, person, clinic.form(), typed))
    said = TypedCode("", SOURCE, device.answer(options))
    for other in (clinic.form(patient_ref="P-3003"), clinic.form(path="break_glass", purpose="BTG")):
        with pytest.raises(FactorRefused) as refused:
            ask(clinic.equipment, person, other, said)
        assert refused.value.refusal.reason is Reason.OTHER_ACT


def test_who_has_none_is_told_to_set_one_up(clinic):
    """The rule says so, in the simulation too; a code gets no further than that."""
    with pytest.raises(FactorRefused):
        ask(clinic.equipment, clinic.clinician.person, clinic.form(), clinic.clinician.code())


def test_an_approver_too(clinic):
    """A fresh sign-in by code is not enough, a typed code is not, one by passkey is."""
    device, form = give_passkey(clinic, clinic.clinician), clinic.form()
    person = clinic.clinician.person
    options = options_of(lambda typed: ask(clinic.equipment, person, form, typed))
    request = ask(clinic.equipment, person, form, TypedCode("", SOURCE, device.answer(options))).request
    approver, now = clinic.approver, clinic.clock.now()
    assert needs_code(clinic.equipment, request, SessionFactor("totp", now), now)
    for factor, error in ((approver.fresh, Refused), (approver.code(), FactorRefused)):
        with pytest.raises(error):
            decide(clinic.equipment, approver.person, request.id, Verdict.APPROVE, "", factor)
    by_passkey = SessionFactor("passkey", clinic.clock.now())
    assert decide(clinic.equipment, approver.person, request.id, Verdict.APPROVE, "", by_passkey).grant
