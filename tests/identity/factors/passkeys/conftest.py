"""Somebody with a passkey on a device in software."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from broker.identity.factors.passkeys.add import add_passkey, begin_passkey
from broker.identity.factors.passkeys.confirm import BEGIN, PasskeyDesk, confirm_by_passkey
from broker.identity.factors.passkeys.relying_party import RelyingParty
from broker.identity.factors.refusal import Reason, Refusal
from broker.identity.factors.step_up import Action, Proof
from broker.identity.secret_box import SecretBox
from broker.ledger.chain import Ledger
from broker.store import Store
from tests.fakes.soft_passkey import ORIGIN, PARTY, SoftPasskey

HERE = "session_here"
ASK = Action("ask.ordinary", {"patient": "patient_1"})


@dataclass(frozen=True)
class Holder:
    """A person, their device, and the counter of the broker's that takes what it says."""

    store: Store
    desk: PasskeyDesk
    person_id: str
    device: SoftPasskey

    def begin(self, action: Action = ASK) -> str:
        """What the browser is asked for ``action``."""
        with self.store.write() as tx:
            asked = confirm_by_passkey(tx, self.desk, self.person_id, BEGIN, action, source="192.0.2.10")
        assert isinstance(asked, Refusal)
        assert asked.reason is Reason.CHALLENGE
        return asked.options

    def confirm(self, said: str, action: Action = ASK) -> Proof | Reason:
        with self.store.write() as tx:
            answer = confirm_by_passkey(tx, self.desk, self.person_id, said, action, source="192.0.2.10")
        return answer if isinstance(answer, Proof) else answer.reason


@pytest.fixture
def desk(ledger: Ledger, box: SecretBox) -> PasskeyDesk:
    return PasskeyDesk(ledger, box, RelyingParty(PARTY, ORIGIN))


@pytest.fixture
def enrol(store: Store, desk: PasskeyDesk) -> Callable[[str], Holder]:
    """Gives somebody without any factor a passkey."""

    def give(person_id: str) -> Holder:
        device = SoftPasskey()
        with store.read() as reader:
            options = begin_passkey(reader, desk, person_id, session=HERE)
        with store.write() as tx:
            codes = add_passkey(tx, desk, person_id, device.make(options), name="Phone", session=HERE)
        assert isinstance(codes, tuple)
        return Holder(store, desk, person_id, device)

    return give


@pytest.fixture
def holder(enrol: Callable[[str], Holder], newcomer: str) -> Holder:
    return enrol(newcomer)
