"""What changes one person's ways to confirm leaves everybody else's alone, and the ledger names whose it was."""

from __future__ import annotations

import pytest

from broker.errors import Conflict, Invalid, NotFound
from broker.identity.caller import Caller
from broker.identity.factors.change import Change, changing
from broker.identity.factors.enrol import begin_enrolment, confirm_enrolment, renew_recovery_codes
from broker.identity.factors.forget_factor import forget_factor
from broker.identity.factors.lost.ask_help import ask_help
from broker.identity.factors.lost.reset import ResetState, get_reset
from broker.identity.factors.lost.vouch import MOST_WRONG_CODES, check_spoken_code, refuse_help, stop_pleas
from broker.identity.factors.passkeys.add import add_passkey, begin_passkey
from broker.identity.factors.passkeys.confirm import PasskeyDesk
from broker.identity.factors.passkeys.passkey import passkeys_of
from broker.identity.factors.passkeys.relying_party import RelyingParty
from broker.identity.factors.remove import remove_app, remove_passkey
from broker.identity.factors.step_up import Method, Proof
from broker.identity.factors.totp import last_step
from broker.identity.people import Role, add_person, by_id
from broker.identity.sessions import sessions
from tests.fakes.soft_passkey import ORIGIN, PARTY, SoftPasskey
from tests.identity.conftest import Phone

HERE = "session_here"
STRANGER = Caller("198.51.100.7", "Somewhere else")


@pytest.fixture
def other(newcomer, store, ledger, box, clock):
    """Somebody else, with an app of their own."""
    with store.write() as tx:
        phone = Phone(begin_enrolment(tx, box, newcomer).secret.replace(" ", ""), clock)
        confirm_enrolment(tx, ledger, box, newcomer, phone.code(), wall=clock.wall())
    return newcomer


@pytest.fixture
def with_passkey(store, ledger, box, clock):
    """Gives somebody with an app a passkey beside it."""

    def give(person_id):
        desk = PasskeyDesk(ledger, box, RelyingParty(PARTY, ORIGIN))
        proof = _proof(person_id, clock, Change.PASSKEY)
        with store.write() as tx:
            options = begin_passkey(tx, desk, person_id, proof, session=HERE)
            add_passkey(tx, desk, person_id, SoftPasskey().make(options), name="Key", session=HERE)
            return passkeys_of(tx, person_id)[0]

    return give


@pytest.fixture
def approver(store, ledger):
    with store.write() as tx:
        return add_person(
            tx, ledger, email="a@clinic.example", name="Approver", roles=[Role.APPROVER], actor="broker"
        )


def _proof(person_id, clock, change, which=""):
    return Proof(person_id, changing(person_id, change, which).digest, Method.TOTP, clock.now())


def test_an_app_that_goes_is_ones_own(clinician, other, with_passkey, store, ledger, clock, told):
    """The other person's codes go on; the other sessions of this one are over, this one stays."""
    with_passkey(clinician.id)
    with store.write() as tx:
        here = sessions.begin(tx, clinician.id, Caller("192.0.2.10"))
        elsewhere = sessions.begin(tx, clinician.id, Caller("192.0.2.99"))
        theirs = sessions.begin(tx, other, Caller("192.0.2.11"))
    proof = _proof(clinician.id, clock, Change.NO_APP)
    with store.write() as tx:
        remove_app(tx, ledger, clinician.id, proof, session=here.session_id)
    with store.read() as reader:
        assert not by_id(reader, clinician.id).has_codes
        assert by_id(reader, other).has_codes
        assert sessions.look_up(reader, here.token)
        assert sessions.look_up(reader, elsewhere.token) is None
        assert sessions.look_up(reader, theirs.token)
    entry = told("factor.removed")
    assert (entry.actor, entry.subject) == (clinician.id, clinician.id)
    assert entry.facts == {"factor": "totp", "action_digest": proof.action_digest}
    ended = told("session.ended")
    assert (ended.actor, ended.subject, ended.facts["why"]) == (clinician.id, clinician.id, "factor_changed")


def test_an_app_that_is_not_there_cannot_go(newcomer, store, ledger, clock):
    """It says so, and nothing is written."""
    with pytest.raises(Conflict, match="No authenticator app is set up"), store.write() as tx:
        remove_app(tx, ledger, newcomer, _proof(newcomer, clock, Change.NO_APP), session=HERE)


def test_anothers_passkey_is_none_of_mine(clinician, other, with_passkey, store, ledger, clock):
    """With the only passkey in the house being somebody else's, my app is my last factor and stays."""
    with_passkey(other)
    with pytest.raises(Conflict, match="only thing left"), store.write() as tx:
        remove_app(tx, ledger, clinician.id, _proof(clinician.id, clock, Change.NO_APP), session=HERE)


def test_of_two_passkeys_one_can_go_without_an_app(clinician, with_passkey, store, ledger, clock):
    """The second of them then stays."""
    first, _ = with_passkey(clinician.id), with_passkey(clinician.id)
    with store.write() as tx:
        remove_app(tx, ledger, clinician.id, _proof(clinician.id, clock, Change.NO_APP), session=HERE)
        proof = _proof(clinician.id, clock, Change.NO_PASSKEY, first.id)
        remove_passkey(tx, ledger, clinician.id, first.id, proof, session=HERE)
    with store.write() as tx:
        (left,) = passkeys_of(tx, clinician.id)
        proof = _proof(clinician.id, clock, Change.NO_PASSKEY, left.id)
        with pytest.raises(Conflict, match="only thing left"):
            remove_passkey(tx, ledger, clinician.id, left.id, proof, session=HERE)


def test_new_recovery_codes_end_the_other_sessions_and_say_whose(clinician, store, ledger, clock, told):
    """The session they were made in goes on."""
    with store.write() as tx:
        here = sessions.begin(tx, clinician.id, Caller("192.0.2.10"))
        elsewhere = sessions.begin(tx, clinician.id, Caller("192.0.2.99"))
        proof = _proof(clinician.id, clock, Change.CODES)
        renew_recovery_codes(tx, ledger, clinician.id, proof, session=here.session_id)
    with store.read() as reader:
        assert sessions.look_up(reader, here.token)
        assert sessions.look_up(reader, elsewhere.token) is None
    entry = told("recovery_codes.renewed")
    assert (entry.actor, entry.subject, entry.facts) == (clinician.id, clinician.id, proof.facts)


def test_forgetting_one_persons_factors_leaves_anothers_passkey_and_plea(
    clinician, other, with_passkey, store, ledger, told
):
    """Theirs alone go, and the ledger names them."""
    with_passkey(clinician.id)
    with_passkey(other)
    with store.write() as tx:
        plea = ask_help(tx, ledger, by_id(tx, other), STRANGER, "Phone stolen")
        forget_factor(tx, ledger, clinician.id, actor="cli")
    with store.read() as reader:
        assert passkeys_of(reader, clinician.id) == []
        assert len(passkeys_of(reader, other)) == 1
        assert get_reset(reader, plea.reset.id).state is ResetState.ASKED
    assert (told("factor.forgotten").actor, told("factor.forgotten").subject) == ("cli", clinician.id)


def test_only_ones_own_plea_is_stopped(clinician, other, store, ledger, told):
    """Somebody who says "it was not me" ends nobody else's way back."""
    with store.write() as tx:
        mine = ask_help(tx, ledger, by_id(tx, clinician.id), STRANGER, "Phone stolen")
        theirs = ask_help(tx, ledger, by_id(tx, other), STRANGER, "Phone stolen")
        assert stop_pleas(tx, ledger, by_id(tx, clinician.id)) == 1
        assert get_reset(tx, theirs.reset.id).state is ResetState.ASKED
    entry = told("factor.help_stopped")
    assert (entry.actor, entry.subject, entry.facts) == (clinician.id, clinician.id, {"plea": mine.reset.id})


def test_who_refused_help_stands_in_the_row_and_in_the_ledger(clinician, approver, store, ledger, told):
    """With the instant, and for whom."""
    with store.write() as tx:
        plea = ask_help(tx, ledger, by_id(tx, clinician.id), STRANGER, "Phone stolen")
    with store.write() as tx:
        refused = refuse_help(tx, ledger, approver, plea.reset.id)
        assert (refused.state, refused.decided_by) == (ResetState.REFUSED, approver.id)
        assert get_reset(tx, plea.reset.id).decided_at == tx.at
    entry = told("factor.help_refused")
    assert (entry.actor, entry.subject) == (approver.id, clinician.id)
    assert entry.facts == {"plea": plea.reset.id}


def test_wrong_codes_are_counted_by_name(clinician, approver, store, ledger, box, told):
    """The fifth closes the plea in the name of the one who typed it."""
    with store.write() as tx:
        plea = ask_help(tx, ledger, by_id(tx, clinician.id), STRANGER, "Phone stolen")
    for _ in range(MOST_WRONG_CODES):
        with pytest.raises(Invalid, match="not the code on their screen") as refused:
            check_spoken_code(store, ledger, box, approver, plea.reset.id, "AAA-\ud800")
    assert refused.value.faults == {"spoken": "That is not the code on their screen."}
    entry = told("factor.help_wrong_code")
    assert (entry.actor, entry.subject) == (approver.id, clinician.id)
    assert entry.facts == {"plea": plea.reset.id, "wrong": MOST_WRONG_CODES}
    with store.read() as reader:
        closed = get_reset(reader, plea.reset.id)
    assert (closed.state, closed.decided_by) == (ResetState.REFUSED, approver.id)
    assert closed.decided_at


def test_a_last_step_is_that_of_the_person_asked_for(clinician, other, store):
    """Each counts for themselves, and who has no app has none."""
    with store.read() as reader:
        assert last_step(reader, clinician.id) != last_step(reader, other)
        with pytest.raises(NotFound, match="No one-time code is set up"):
            last_step(reader, "person_0")
