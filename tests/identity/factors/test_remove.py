"""What somebody confirms with can go, but for the last of it."""

from __future__ import annotations

import threading

import pytest

from broker.errors import Conflict, NotFound, Refused
from broker.identity.caller import Caller
from broker.identity.factors.change import Change, changing
from broker.identity.factors.passkeys.add import add_passkey, begin_passkey
from broker.identity.factors.passkeys.confirm import PasskeyDesk
from broker.identity.factors.passkeys.passkey import passkeys_of
from broker.identity.factors.passkeys.relying_party import RelyingParty
from broker.identity.factors.remove import remove_app, remove_passkey, rename_passkey
from broker.identity.factors.step_up import Method, Proof
from broker.identity.people import by_id
from broker.identity.sessions import sessions
from tests.fakes.soft_passkey import ORIGIN, PARTY, SoftPasskey

HERE = "session_here"


@pytest.fixture
def proof_for(clinician, clock):
    return lambda change, which="": Proof(
        clinician.id, changing(clinician.id, change, which).digest, Method.TOTP, clock.now()
    )


@pytest.fixture
def passkey(clinician, store, ledger, box, proof_for):
    """One passkey beside the clinician's app."""
    desk = PasskeyDesk(ledger, box, RelyingParty(PARTY, ORIGIN))
    with store.write() as tx:
        options = begin_passkey(tx, desk, clinician.id, proof_for(Change.PASSKEY), session=HERE)
        add_passkey(tx, desk, clinician.id, SoftPasskey().make(options), name="Key", session=HERE)
        return passkeys_of(tx, clinician.id)[0]


def test_of_two_removals_at_once_one_wins(clinician, passkey, store, ledger, proof_for):
    """The app and the passkey, each thinking the other stays: one of them stays."""
    both, outcomes = threading.Barrier(2), []

    def go(act):
        both.wait()
        try:
            with store.write() as tx:
                act(tx)
        except Conflict:
            outcomes.append("kept")
        else:
            outcomes.append("removed")

    acts = [
        lambda tx: remove_app(tx, ledger, clinician.id, proof_for(Change.NO_APP), session=HERE),
        lambda tx: remove_passkey(
            tx, ledger, clinician.id, passkey.id, proof_for(Change.NO_PASSKEY, passkey.id), session=HERE
        ),
    ]
    threads = [threading.Thread(target=go, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["kept", "removed"]
    with store.read() as reader:
        assert by_id(reader, clinician.id).has_factor


def test_the_last_one_stays(clinician, store, ledger, proof_for):
    """Recovery codes are no factor: they run out."""
    with pytest.raises(Conflict, match="only thing left"), store.write() as tx:
        remove_app(tx, ledger, clinician.id, proof_for(Change.NO_APP), session=HERE)


def test_a_removal_takes_proof_for_exactly_that_passkey(clinician, passkey, store, ledger, proof_for):
    """Not for another one, and not for another change."""
    for proof in (proof_for(Change.NO_PASSKEY, "passkey_0"), proof_for(Change.NO_APP)):
        with pytest.raises(Refused), store.write() as tx:
            remove_passkey(tx, ledger, clinician.id, passkey.id, proof, session=HERE)


def test_a_removal_ends_the_other_sessions(clinician, passkey, store, ledger, proof_for, events):
    """Whoever sits elsewhere with what was removed is out; the ledger has both."""
    with store.write() as tx:
        elsewhere = sessions.begin(tx, clinician.id, Caller("192.0.2.99"))
        here = sessions.begin(tx, clinician.id, Caller("192.0.2.10"))
    with store.write() as tx:
        proof = proof_for(Change.NO_PASSKEY, passkey.id)
        remove_passkey(tx, ledger, clinician.id, passkey.id, proof, session=here.session_id)
    with store.read() as reader:
        assert sessions.look_up(reader, elsewhere.token) is None
        assert sessions.look_up(reader, here.token) is not None
        assert passkeys_of(reader, clinician.id) == []
    assert {"passkey.removed", "session.ended"} <= set(events())


def test_anothers_passkey_does_not_exist(passkey, newcomer, store):
    """Neither to rename nor to remove."""
    with pytest.raises(NotFound), store.write() as tx:
        rename_passkey(tx, newcomer, passkey.id, "Mine")


def test_a_name_is_changed(clinician, passkey, store):
    """An empty one changes nothing."""
    for typed, shown in (("My ward key", "My ward key"), ("  ", "My ward key")):
        with store.write() as tx:
            rename_passkey(tx, clinician.id, passkey.id, typed)
        with store.read() as reader:
            assert passkeys_of(reader, clinician.id)[0].name == shown
