"""A device becomes a passkey: by a right, in one session, once."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from broker.errors import Refused, Unavailable
from broker.identity.factors.change import Change, changing
from broker.identity.factors.enrol import begin_enrolment, confirm_enrolment
from broker.identity.factors.passkeys.add import add_passkey, begin_passkey
from broker.identity.factors.passkeys.confirm import PasskeyDesk
from broker.identity.factors.passkeys.passkey import checked_name, passkeys_of
from broker.identity.factors.passkeys.tables import passkeys
from broker.identity.factors.recovery_codes import how_many_left
from broker.identity.factors.refusal import Reason, Refusal
from broker.identity.factors.step_up import Action, Method, Proof
from broker.identity.people import by_id
from tests.fakes.soft_passkey import UP, SoftPasskey
from tests.identity.conftest import Phone
from tests.identity.factors.passkeys.conftest import HERE


@pytest.fixture
def begin(store, desk):
    def ask(person_id, proof=None, session=HERE):
        with store.read() as reader:
            return begin_passkey(reader, desk, person_id, proof, session=session)

    return ask


@pytest.fixture
def add(store, desk):
    def keep(person_id, said, session=HERE, name="Key"):
        with store.write() as tx:
            return add_passkey(tx, desk, person_id, said, name=name, session=session)

    return keep


def test_the_first_one_comes_with_ten_recovery_codes(newcomer, store, begin, add, events):
    """From then on the password alone opens nothing."""
    codes = add(newcomer, SoftPasskey().make(begin(newcomer)))
    assert len(codes) == 10
    with store.read() as reader:
        assert by_id(reader, newcomer).has_factor
        assert not by_id(reader, newcomer).has_codes
        assert how_many_left(reader, newcomer) == 10
    assert "passkey.added" in events()


def test_what_is_kept_of_one(newcomer, store, begin, add, told):
    """A name when none was typed, how it is reached, and whose it is; the ledger names it too."""
    add(newcomer, SoftPasskey().make(begin(newcomer)), name="")
    with store.read() as reader:
        (kept,) = passkeys_of(reader, newcomer)
    assert (kept.name, tuple(kept.transports)) == ("Passkey", ("internal",))
    assert kept.id.startswith("passkey_")
    entry = told("passkey.added")
    assert (entry.actor, entry.subject) == (newcomer, newcomer)
    assert (entry.facts["passkey"], entry.facts["backed_up"]) == (kept.id, False)


def test_the_browser_is_asked_for_one_that_is_found_without_an_email(newcomer, begin):
    """Resident, verifying, and named by our own opaque id."""
    asked = json.loads(begin(newcomer))
    chosen = asked["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")
    assert "@" not in asked["user"]["id"]


def test_another_one_takes_proof_for_exactly_that(clinician, clock, begin):
    """Proof for another change, for a sign-in, of somebody else, or none, does not do."""
    wanted = changing(clinician.id, Change.PASSKEY)
    wrong = [
        None,
        Proof(clinician.id, Action("sign_in").digest, Method.TOTP, clock.now()),
        Proof(clinician.id, changing(clinician.id, Change.CODES).digest, Method.TOTP, clock.now()),
        Proof("person_0", wanted.digest, Method.TOTP, clock.now()),
    ]
    for proof in wrong:
        with pytest.raises(Refused):
            begin(clinician.id, proof)
    assert begin(clinician.id, Proof(clinician.id, wanted.digest, Method.TOTP, clock.now()))


def test_what_was_begun_in_one_session_is_not_finished_in_another(newcomer, begin, add):
    """Whoever else knows the password cannot slip their own device in."""
    said = SoftPasskey().make(begin(newcomer, session="session_thiefs"))
    assert add(newcomer, said).reason is Reason.OTHER_ACT


def test_a_first_challenge_kept_back_is_worthless_once_there_is_a_factor(
    newcomer, begin, add, store, ledger, box, clock
):
    """Begun with the password alone, finished after an app was set up: that would have gone past the app."""
    said = SoftPasskey().make(begin(newcomer))
    with store.write() as tx:
        phone = Phone(begin_enrolment(tx, box, newcomer, session=HERE).secret.replace(" ", ""), clock)
        confirm_enrolment(tx, ledger, box, newcomer, phone.code(), wall=clock.wall(), session=HERE)
    assert add(newcomer, said).reason is Reason.OTHER_ACT


def test_one_registration_makes_one_passkey(newcomer, begin, add, store):
    """Sent twice, or answered too late, it is refused."""
    said = SoftPasskey().make(begin(newcomer))
    assert isinstance(add(newcomer, said), tuple)
    again = add(newcomer, said)
    assert isinstance(again, Refusal)
    with store.read() as reader:
        assert len(passkeys_of(reader, newcomer)) == 1


def test_a_late_answer(newcomer, begin, add, clock):
    """Five minutes are enough for anybody."""
    said = SoftPasskey().make(begin(newcomer))
    clock.advance(minutes=5)
    assert add(newcomer, said).reason is Reason.TOO_LATE


def test_a_device_that_does_not_check_who_holds_it_is_no_passkey(newcomer, begin, add):
    """Nor is one made for another name."""
    assert add(newcomer, SoftPasskey().make(begin(newcomer), flags=UP)).reason is Reason.NOT_MADE
    elsewhere = SoftPasskey(origin="https://evil.example", party="evil.example")
    assert add(newcomer, elsewhere.make(begin(newcomer))).reason is Reason.NOT_MADE


def test_a_credential_belongs_to_one_person_for_ever(newcomer, clinician, begin, add, clock):
    """A second registration of the same id would let one device answer for another's account."""
    device = SoftPasskey()
    add(newcomer, device.make(begin(newcomer)))
    proof = Proof(clinician.id, changing(clinician.id, Change.PASSKEY).digest, Method.TOTP, clock.now())
    said = device.make(begin(clinician.id, proof))
    assert add(clinician.id, said).reason is Reason.MADE_BEFORE


@pytest.mark.parametrize("said", ["", "{}", "[]", "null", "x" * 20_000, '{"id": 1}', '{"response": {}}'])
def test_nonsense_makes_nothing(newcomer, add, said, store):
    """And raises nothing."""
    assert add(newcomer, said).reason is Reason.NOT_MADE
    with store.read() as reader:
        assert reader.all(select(passkeys)) == []


def test_where_the_broker_has_no_name_there_are_no_passkeys(newcomer, store, ledger, box):
    """A bare address: said, with the way that works."""
    with pytest.raises(Unavailable, match="address") as said, store.read() as reader:
        begin_passkey(reader, PasskeyDesk(ledger, box, None), newcomer, session=HERE)
    assert "authenticator app" in said.value.help


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  My\tkey \n", "My key"),
        ("", "Passkey"),
        ("\x1b[31m", "[31m"),
        ("x" * 500, "x" * 60),
        ("\u202e", "Passkey"),
    ],
)
def test_names_are_one_printable_line(typed, kept):
    """What stands in a list cannot forge another line of it."""
    assert checked_name(typed, "Passkey") == kept
