"""What an authenticator answered, held against what it was asked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update
from webauthn import verify_authentication_response
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import base64url_to_bytes, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import AuthenticationCredential

from broker.identity.factors.passkeys.challenge import Purpose, is_fresh, is_ours, use_up
from broker.identity.factors.passkeys.passkey import Passkey
from broker.identity.factors.passkeys.relying_party import RelyingParty
from broker.identity.factors.passkeys.tables import passkeys
from broker.identity.factors.refusal import Reason, Refusal
from broker.identity.secret_box import SecretBox
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Transaction

# A real one has well under 2,000 characters; a credential's id alone may have 1,364.
LONGEST_SAID = 16_384
_FLAGS, _USER_VERIFIED = 32, 0x04


@dataclass(frozen=True)
class Asked:
    """What the answer must be an answer to."""

    party: RelyingParty
    purpose: Purpose
    bound_to: str


def read_answer(said: str) -> AuthenticationCredential | None:
    """None for whatever is not the JSON that ``PublicKeyCredential.toJSON()`` makes."""
    if len(said) > LONGEST_SAID:
        return None
    try:
        return parse_authentication_credential_json(said)
    except (WebAuthnException, ValueError, TypeError, RecursionError):
        return None


def take_answer(
    tx: Transaction,
    ledger: Ledger,
    box: SecretBox,
    asked: Asked,
    passkey: Passkey,
    said: AuthenticationCredential,
) -> Refusal | None:
    """Use the challenge up and count the passkey on; None when everything holds.

    The caller holds the person's row, so that two answers to one challenge come one after the other.
    """
    challenge = challenge_in(said.response.client_data_json)
    if not is_ours(box, challenge, asked.purpose, asked.bound_to):
        return Refusal(Reason.OTHER_ACT)
    if not is_fresh(challenge, tx.at):
        return Refusal(Reason.TOO_LATE)
    verified = _verified(asked.party, passkey, said, challenge)
    if isinstance(verified, Refusal):
        return verified
    if not use_up(tx, challenge, asked.purpose):
        return Refusal(Reason.ANSWERED)
    return _count_on(tx, ledger, passkey, verified)


def challenge_in(client_data: bytes) -> bytes:
    """The challenge an answer claims to answer, not yet believed; empty when none is found, or a frame asked."""
    try:
        claimed: dict[str, Any] = json.loads(client_data)
        return b"" if claimed.get("crossOrigin") else base64url_to_bytes(claimed["challenge"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return b""


def _verified(
    party: RelyingParty, passkey: Passkey, said: AuthenticationCredential, challenge: bytes
) -> VerifiedAuthentication | Refusal:
    flags = said.response.authenticator_data[_FLAGS : _FLAGS + 1]
    if flags and not flags[0] & _USER_VERIFIED:
        return Refusal(Reason.NOT_VERIFIED)
    try:
        return verify_authentication_response(
            credential=said,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=passkey.public_key,
            # Counted by us, so that a copy is told apart from a wrong signature.
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, RecursionError):
        return Refusal(Reason.WRONG_PASSKEY)


def _count_on(
    tx: Transaction, ledger: Ledger, passkey: Passkey, verified: VerifiedAuthentication
) -> Refusal | None:
    """Refuse a counter that did not go up: somebody uses a copy. Many passkeys do not count and say zero."""
    counted = verified.new_sign_count
    if (counted or passkey.sign_count) and counted <= passkey.sign_count:
        who = passkey.person_id
        facts = {"passkey": passkey.id, "counted": counted, "before": passkey.sign_count}
        ledger.append(tx, Entry("passkey.copied", who, subject=who, facts=facts))
        return Refusal(Reason.COPIED)
    used = {
        "sign_count": counted,
        "backed_up": verified.credential_backed_up,
        "last_used_at": tx.at,
    }
    tx.execute(update(passkeys).where(passkeys.c.id == passkey.id).values(**used))
    return None
