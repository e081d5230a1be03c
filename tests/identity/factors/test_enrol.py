from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from broker.errors import Refused
from broker.identity.factors import totp
from broker.identity.factors.change import Change, changing
from broker.identity.factors.enrol import (
    begin_enrolment,
    confirm_enrolment,
    pending_enrolment,
    renew_recovery_codes,
)
from broker.identity.factors.recovery_codes import consume
from broker.identity.factors.refusal import Reason
from broker.identity.factors.step_up import Action, Method, Proof
from broker.identity.people import by_id
from tests.identity.conftest import Phone


def phone_of(enrolment, clock):
    return Phone(enrolment.secret.replace(" ", ""), clock)


def test_what_is_shown_is_one_secret_in_three_forms(store, box, newcomer):
    """To scan, to tap and to type; the picture is one the page's strict policy allows."""
    with store.write() as tx:
        shown = begin_enrolment(tx, box, newcomer)
        assert pending_enrolment(tx, box, newcomer) == shown
    secret = shown.secret.replace(" ", "")
    assert len(secret) == 32
    assert shown.uri.startswith(
        "otpauth://totp/Emergency%20access:newcomer%40clinic.example?secret=" + secret
    )
    svg = ET.fromstring(shown.qr_svg)
    assert svg.tag.endswith("svg")
    assert not any("style" in element.attrib for element in svg.iter())


def test_a_factor_counts_only_once_its_code_was_typed(store, ledger, box, newcomer, clock):
    """A picture that was never scanned locks nobody out."""
    with store.write() as tx:
        phone = phone_of(begin_enrolment(tx, box, newcomer), clock)
        assert (
            confirm_enrolment(tx, ledger, box, newcomer, phone.wrong_code(), wall=clock.wall()).reason
            is Reason.WRONG
        )
        assert not by_id(tx, newcomer).has_factor
        typed = f"{phone.code()[:3]} {phone.code()[3:]}"
        assert (
            len(confirm_enrolment(tx, ledger, box, newcomer, typed, wall=clock.wall()).recovery_codes) == 10
        )
        assert by_id(tx, newcomer).has_factor


def test_the_code_that_enrolled_is_used_up(store, ledger, box, newcomer, clock):
    """It cannot sign in a second time."""
    with store.write() as tx:
        phone = phone_of(begin_enrolment(tx, box, newcomer), clock)
        confirm_enrolment(tx, ledger, box, newcomer, phone.code(), wall=clock.wall())
        assert totp.consume(tx, box, newcomer, phone.code(), clock.wall()).reason is Reason.USED


def test_an_enrolment_left_lying_is_over(store, ledger, box, newcomer, clock):
    """After a quarter of an hour a new picture is needed."""
    with store.write() as tx:
        phone = phone_of(begin_enrolment(tx, box, newcomer), clock)
    clock.advance(minutes=15)
    with store.write() as tx:
        answer = confirm_enrolment(tx, ledger, box, newcomer, phone.code(), wall=clock.wall())
        assert answer.reason is Reason.NO_FACTOR
        assert pending_enrolment(tx, box, newcomer) is None


@pytest.fixture(params=["begin", "renew"])
def change_factor(request, ledger, box, clinician):
    """Each way to change what somebody confirms with, and what is confirmed for it."""
    if request.param == "begin":
        return Change.APP, lambda tx, proof: begin_enrolment(tx, box, clinician.id, proof)
    return Change.CODES, lambda tx, proof: renew_recovery_codes(tx, ledger, clinician.id, proof)


def test_a_factor_is_replaced_only_with_proof_for_exactly_that(store, clinician, clock, change_factor):
    """Proof for another act, of another person, or none at all does not do."""
    change, make = change_factor
    (other,) = {Change.APP, Change.CODES} - {change}
    proofs = [
        Proof(clinician.id, changing(clinician.id, other).digest, Method.TOTP, clock.now()),
        Proof(clinician.id, Action("sign_in").digest, Method.TOTP, clock.now()),
        Proof("person_0", changing(clinician.id, change).digest, Method.TOTP, clock.now()),
        Proof(clinician.id, changing("person_0", change).digest, Method.TOTP, clock.now()),
        None,
    ]
    for proof in proofs:
        with pytest.raises(Refused), store.write() as tx:
            make(tx, proof)
    with store.write() as tx:
        make(tx, Proof(clinician.id, changing(clinician.id, change).digest, Method.TOTP, clock.now()))


def test_the_old_phone_works_until_the_new_one_is_confirmed(store, ledger, box, clinician, clock):
    """Then it does not, and neither do the old recovery codes."""
    proof = Proof(clinician.id, changing(clinician.id, Change.APP).digest, Method.RECOVERY, clock.now())
    with store.write() as tx:
        new_phone = phone_of(begin_enrolment(tx, box, clinician.id, proof), clock)
        assert totp.consume(tx, box, clinician.id, clinician.phone.code(), clock.wall()) is None
    clock.advance(minutes=1)
    with store.write() as tx:
        confirm_enrolment(tx, ledger, box, clinician.id, new_phone.code(), wall=clock.wall())
        refused = totp.consume(tx, box, clinician.id, clinician.phone.code(steps=1), clock.wall())
        assert refused.reason is Reason.WRONG
        assert consume(tx, clinician.id, clinician.recovery_codes[0]).reason is Reason.WRONG


def test_new_recovery_codes_with_proof(store, ledger, box, clinician, clock, events):
    """The list can be renewed without changing the phone."""
    proof = Proof(clinician.id, changing(clinician.id, Change.CODES).digest, Method.TOTP, clock.now())
    with store.write() as tx:
        codes = renew_recovery_codes(tx, ledger, clinician.id, proof)
        assert consume(tx, clinician.id, codes[9]) is None
    assert events()[-1] == "recovery_codes.renewed"
