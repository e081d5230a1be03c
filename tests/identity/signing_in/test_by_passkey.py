"""A passkey alone signs in, and nothing else gets through the same door."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest
from webauthn.helpers import bytes_to_base64url

from broker.identity.caller import Caller
from broker.identity.disable import disable
from broker.identity.factors.passkeys.add import add_passkey, begin_passkey
from broker.identity.factors.passkeys.confirm import BEGIN, confirm_by_passkey
from broker.identity.factors.passkeys.relying_party import RelyingParty
from broker.identity.factors.refusal import FactorRefused, Reason
from broker.identity.factors.step_up import Action, Method
from broker.identity.people import by_id
from broker.identity.sessions import sessions
from broker.identity.signing_in.by_passkey import sign_in_by_passkey, sign_in_options
from broker.identity.signing_in.local_accounts import LocalAccounts
from broker.identity.signing_in.sign_in import SignInFailed, check_password
from tests.fakes.soft_passkey import ORIGIN, PARTY, UP, SoftPasskey

HERE = Caller("192.0.2.10", "Ward PC")


@pytest.fixture
def lobby(lobby):
    return replace(lobby, party=RelyingParty(PARTY, ORIGIN))


@pytest.fixture
def device(lobby, newcomer):
    made = SoftPasskey()
    with lobby.store.write() as tx:
        options = begin_passkey(tx, lobby.passkeys, newcomer, session="s")
        add_passkey(tx, lobby.passkeys, newcomer, made.make(options), name="Phone", session="s")
    return made


def refused(lobby, said):
    with pytest.raises(FactorRefused) as no:
        sign_in_by_passkey(lobby, HERE, said)
    return no.value.refusal.reason


def test_one_answer_opens_a_session_with_both_factors(lobby, device, newcomer, events):
    """It is elevated from the start, its method is said, and this source is known from then on."""
    done = sign_in_by_passkey(lobby, HERE, device.answer(sign_in_options(lobby)))
    with lobby.store.read() as reader:
        session = sessions.look_up(reader, done.opened.token)
    assert session.person.id == newcomer
    assert session.mfa_method is Method.PASSKEY
    assert events()[-1] == "person.signed_in"


def test_where_local_accounts_are_out_of_use_a_passkey_opens_no_door(lobby, device, newcomer, events):
    """But for those policy names: somebody who left the organisation must not come in past its provider."""
    closed = replace(lobby, local_accounts=LocalAccounts(on=False))
    assert refused(closed, device.answer(sign_in_options(closed))) is Reason.WRONG_PASSKEY
    assert events()[-1] == "person.sign_in_failed"
    with lobby.store.read() as reader:
        named = LocalAccounts(on=False, exceptions=frozenset({by_id(reader, newcomer).email}))
    kept = replace(lobby, local_accounts=named)
    assert sign_in_by_passkey(kept, HERE, device.answer(sign_in_options(kept)))


def test_nobody_is_named_before_the_answer(lobby, device):
    """The options are the same for everybody: they tell nobody who has an account or a passkey."""
    asked = json.loads(sign_in_options(lobby))
    assert asked.get("allowCredentials", []) == []
    assert asked["userVerification"] == "required"


def test_an_answer_is_good_once_and_for_five_minutes(lobby, device, clock):
    """Of two threads with one answer one is let in."""
    said, inside, outside = device.answer(sign_in_options(lobby)), [], []
    both = threading.Barrier(2)

    def go():
        both.wait()
        try:
            inside.append(sign_in_by_passkey(lobby, HERE, said))
        except FactorRefused as no:
            outside.append(no.refusal.reason)

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(inside), outside) == (1, [Reason.ANSWERED])
    late = device.answer(sign_in_options(lobby))
    clock.advance(minutes=5)
    assert refused(lobby, late) is Reason.TOO_LATE


def test_what_does_not_get_in(lobby, device, newcomer, store):
    """Unverified, of a look-alike, for an act, for another account, or of nobody known."""
    assert refused(lobby, device.answer(sign_in_options(lobby), flags=UP)) is Reason.NOT_VERIFIED
    away = device.answer(sign_in_options(lobby), origin="https://broker.clinic.example.evil.example")
    assert refused(lobby, away) is Reason.WRONG_PASSKEY
    with store.write() as tx:
        for_an_act = confirm_by_passkey(tx, lobby.passkeys, newcomer, BEGIN, Action("sign_in"), source="x")
    assert refused(lobby, device.answer(for_an_act.options)) is Reason.OTHER_ACT
    device.user = bytes_to_base64url(b"person_somebody_else")
    assert refused(lobby, device.answer(sign_in_options(lobby))) is Reason.WRONG_PASSKEY
    assert (
        refused(lobby, SoftPasskey(user=device.user).answer(sign_in_options(lobby))) is Reason.WRONG_PASSKEY
    )


def test_the_answer_to_a_sign_in_confirms_no_act(lobby, device, newcomer, store):
    """And the other way round, above: a purpose is part of every challenge."""
    said = device.answer(sign_in_options(lobby))
    with store.write() as tx:
        answer = confirm_by_passkey(tx, lobby.passkeys, newcomer, said, Action("sign_in"), source="x")
    assert answer.reason is Reason.OTHER_ACT


def test_made_up_credentials_leave_nothing_in_the_ledger(lobby, device, events):
    """Anybody can send them without end."""
    before = len(events())
    for _ in range(20):
        refused(lobby, SoftPasskey(user="AAAA").answer(sign_in_options(lobby)))
    assert len(events()) == before


def test_a_disabled_person_stays_out(lobby, device, newcomer, store, ledger):
    """Their passkey is as good as ever, and opens nothing."""
    with store.write() as tx:
        disable(tx, ledger, newcomer, actor="broker")
    assert refused(lobby, device.answer(sign_in_options(lobby))) is Reason.WRONG_PASSKEY


def test_who_is_locked_out_by_a_strangers_guesses_gets_in_by_passkey(lobby, device):
    """Nobody can keep a clinician out of an emergency by typing wrong passwords."""
    for _ in range(6):
        with pytest.raises(SignInFailed):
            check_password(lobby, HERE, email="newcomer@clinic.example", password="wrong password")
    with pytest.raises(SignInFailed) as locked:
        check_password(lobby, HERE, email="newcomer@clinic.example", password="wrong password")
    assert locked.value.wait
    assert sign_in_by_passkey(lobby, HERE, device.answer(sign_in_options(lobby))).person
