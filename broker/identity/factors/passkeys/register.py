"""A device becomes a passkey: options for the browser, then the key it made."""

from __future__ import annotations

from sqlalchemy import insert
from webauthn import generate_registration_options, options_to_json, verify_registration_response
from webauthn.helpers import parse_registration_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from broker.clock import new_id
from broker.errors import Unavailable
from broker.identity.factors.passkeys.answer import LONGEST_SAID, challenge_in
from broker.identity.factors.passkeys.challenge import Purpose, is_fresh, is_ours, make_challenge, use_up
from broker.identity.factors.passkeys.confirm import TIMEOUT_MS, PasskeyDesk, described
from broker.identity.factors.passkeys.passkey import (
    Passkey,
    checked_name,
    credential_digest,
    mark_of,
    passkeys_of,
)
from broker.identity.factors.passkeys.relying_party import NAME, RelyingParty
from broker.identity.factors.passkeys.tables import passkeys
from broker.identity.factors.refusal import Reason, Refusal
from broker.identity.people import Person, hold
from broker.ledger.entry import Entry
from broker.store import Reader, Transaction

__all__ = ["bound_to_session", "register", "registration_options"]


def registration_options(reader: Reader, desk: PasskeyDesk, person: Person, bound_to: str) -> str:
    """JSON for ``navigator.credentials.create``. The caller saw to it that this person may add one now.

    ``bound_to`` is ``bound_to_session(...)``: what is made is taken only in the same session and standing.
    """
    party = _party(desk)
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=NAME,
        user_id=person.id.encode(),
        user_name=person.email,
        user_display_name=person.name,
        challenge=make_challenge(desk.box, Purpose.REGISTER, bound_to, reader.at),
        timeout=TIMEOUT_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            # Found by the browser without an email, and never usable by whoever merely holds the device.
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=described(passkeys_of(reader, person.id)),
    )
    return options_to_json(options)


def bound_to_session(person: Person, session: str, standing: str) -> str:
    """``standing`` says by what right: a challenge made for a first factor is worthless once there is one."""
    return f"{person.id}\0{session}\0{standing}"


def register(
    tx: Transaction, desk: PasskeyDesk, person: Person, said: str, *, name: str, bound_to: str
) -> Passkey | Refusal:
    """Keep the passkey that ``said`` tells of; recovery codes and sessions are the caller's to see to."""
    made = _read(said)
    challenge = challenge_in(made.response.client_data_json) if made else b""
    if made is None or not hold(tx, person.id):
        return Refusal(Reason.NOT_MADE)
    if not is_ours(desk.box, challenge, Purpose.REGISTER, bound_to):
        return Refusal(Reason.OTHER_ACT)
    if not is_fresh(challenge, tx.at):
        return Refusal(Reason.TOO_LATE)
    verified = _verified(_party(desk), made, challenge)
    if verified is None:
        return Refusal(Reason.NOT_MADE)
    if not use_up(tx, challenge, Purpose.REGISTER):
        return Refusal(Reason.ANSWERED)
    return _keep(tx, desk, person, name, made, verified)


def _party(desk: PasskeyDesk) -> RelyingParty:
    if desk.party is None:
        raise Unavailable(
            "Passkeys cannot be made at this address.", help="Use an authenticator app on your phone instead."
        )
    return desk.party


def _read(said: str) -> RegistrationCredential | None:
    if len(said) > LONGEST_SAID:
        return None
    try:
        return parse_registration_credential_json(said)
    except (WebAuthnException, ValueError, TypeError, RecursionError):
        return None


def _verified(
    party: RelyingParty, made: RegistrationCredential, challenge: bytes
) -> VerifiedRegistration | None:
    try:
        return verify_registration_response(
            credential=made,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, RecursionError):
        return None


def _keep(
    tx: Transaction,
    desk: PasskeyDesk,
    person: Person,
    name: str,
    made: RegistrationCredential,
    verified: VerifiedRegistration,
) -> Passkey | Refusal:
    digest = credential_digest(verified.credential_id)
    if tx.one_or_none(passkeys.select().where(passkeys.c.credential_digest == digest)):
        return Refusal(Reason.MADE_BEFORE)
    passkey = Passkey(
        id=new_id("passkey"),
        person_id=person.id,
        name=checked_name(name, "Passkey"),
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        transports=tuple(each.value for each in made.response.transports or ()),
        aaguid=verified.aaguid,
        backed_up=verified.credential_backed_up,
        made_at=tx.at,
        last_used_at=None,
    )
    mark = mark_of(desk.box, passkey.id, person.id, passkey.credential_id, passkey.public_key)
    row = {**vars(passkey), "transports": list(passkey.transports)}
    tx.execute(insert(passkeys).values(**row, credential_digest=digest, mark=mark))
    facts = {"passkey": passkey.id, "backed_up": passkey.backed_up}
    desk.ledger.append(tx, Entry("passkey.added", person.id, subject=person.id, facts=facts))
    return passkey
