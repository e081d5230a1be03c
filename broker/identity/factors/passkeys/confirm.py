"""A passkey confirms one named act: first a challenge for exactly that act, then the answer to it."""

from __future__ import annotations

from dataclasses import dataclass

from webauthn import generate_authentication_options, options_to_json
from webauthn.helpers.structs import (
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    UserVerificationRequirement,
)

from broker.identity.factors.passkeys.answer import Asked, read_answer, take_answer
from broker.identity.factors.passkeys.challenge import FRESH_FOR, Purpose, make_challenge
from broker.identity.factors.passkeys.passkey import Passkey, passkey_by_credential, passkeys_of
from broker.identity.factors.passkeys.relying_party import RelyingParty
from broker.identity.factors.refusal import Reason, Refusal
from broker.identity.factors.step_up import Action, Method, Proof
from broker.identity.people import hold
from broker.identity.secret_box import SecretBox
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Reader, Transaction

BEGIN = "begin"
_TRANSPORTS = {each.value: each for each in AuthenticatorTransport}
TIMEOUT_MS = int(FRESH_FOR.total_seconds() * 1000)


@dataclass(frozen=True)
class PasskeyDesk:
    """What passkeys are taken with, wired once; ``party`` is None where the broker's address allows none."""

    ledger: Ledger
    box: SecretBox
    party: RelyingParty | None


def confirm_by_passkey(
    tx: Transaction, desk: PasskeyDesk, person_id: str, said: str, action: Action, *, source: str
) -> Proof | Refusal:
    """A Proof for ``action`` when ``said`` answers its challenge; for ``BEGIN`` a Refusal that carries the challenge.

    As with ``step_up.confirm``, a Refusal is returned, not raised, and its transaction must be committed.
    Nobody is ever locked out over a passkey: there is nothing in it to guess.
    """
    own = passkeys_of(tx, person_id)
    if desk.party is None or not own:
        return Refusal(Reason.NO_PASSKEY)
    asked = Asked(desk.party, Purpose.ACT, f"{person_id}\0{action.digest}")
    if said == BEGIN:
        return Refusal(Reason.CHALLENGE, options=_options(tx, desk.box, asked, own))
    refusal = _take(tx, desk, person_id, said, asked)
    if refusal is None:
        return Proof(person_id, action.digest, Method.PASSKEY, tx.at)
    facts = {"reason": refusal.reason.value, "action": action.verb, "source": source}
    desk.ledger.append(tx, Entry("factor.refused", person_id, subject=person_id, facts=facts))
    return refusal


def described(own: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    """For a browser: which passkeys may answer, or may not be made twice."""
    return [
        PublicKeyCredentialDescriptor(
            id=each.credential_id,
            transports=[_TRANSPORTS[name] for name in each.transports if name in _TRANSPORTS] or None,
        )
        for each in own
    ]


def _take(tx: Transaction, desk: PasskeyDesk, person_id: str, said: str, asked: Asked) -> Refusal | None:
    answer = read_answer(said)
    if answer is None or not hold(tx, person_id):
        return Refusal(Reason.WRONG_PASSKEY)
    passkey = passkey_by_credential(tx, desk.box, answer.raw_id)
    if passkey is None or passkey.person_id != person_id:
        return Refusal(Reason.WRONG_PASSKEY)
    return take_answer(tx, desk.ledger, desk.box, asked, passkey, answer)


def _options(reader: Reader, box: SecretBox, asked: Asked, own: list[Passkey]) -> str:
    options = generate_authentication_options(
        rp_id=asked.party.id,
        challenge=make_challenge(box, asked.purpose, asked.bound_to, reader.at),
        timeout=TIMEOUT_MS,
        allow_credentials=described(own),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)
