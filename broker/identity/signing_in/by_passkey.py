"""A passkey alone signs in: it is something one has, unlocked by something one is or knows.

No lock and no count stands before it, so nobody can keep a clinician out by trying: there is
nothing to guess. Asking for a challenge writes nothing; an answer costs one signature check.
"""

from __future__ import annotations

from dataclasses import dataclass

from webauthn import generate_authentication_options, options_to_json
from webauthn.helpers.structs import AuthenticationCredential, UserVerificationRequirement

from broker.errors import Unavailable
from broker.identity.caller import Caller
from broker.identity.factors.passkeys.answer import Asked, read_answer, take_answer
from broker.identity.factors.passkeys.challenge import Purpose, make_challenge
from broker.identity.factors.passkeys.confirm import TIMEOUT_MS
from broker.identity.factors.passkeys.passkey import Passkey, passkey_by_credential
from broker.identity.factors.passkeys.relying_party import RelyingParty
from broker.identity.factors.refusal import FactorRefused, Reason, Refusal
from broker.identity.factors.step_up import Method
from broker.identity.people import Person, by_id, hold
from broker.identity.sessions import sessions
from broker.identity.sessions.sessions import Opened
from broker.identity.signing_in.known_sources import remember_source
from broker.identity.signing_in.sign_in import Lobby
from broker.ledger.entry import Entry
from broker.store import Transaction

_ANYBODY = ""  # what a sign-in's challenge is bound to: who answers shows only afterwards


@dataclass(frozen=True)
class SignedIn:
    opened: Opened
    person: Person


def sign_in_options(lobby: Lobby) -> str:
    """JSON for ``navigator.credentials.get``; the browser offers whatever passkeys it has for this broker."""
    options = generate_authentication_options(
        rp_id=_party(lobby).id,
        challenge=make_challenge(lobby.box, Purpose.SIGN_IN, _ANYBODY, lobby.store.clock.now()),
        timeout=TIMEOUT_MS,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def sign_in_by_passkey(lobby: Lobby, caller: Caller, said: str) -> SignedIn:
    """A new session with both factors, or FactorRefused once what was refused is written down."""
    answer = read_answer(said)
    if answer is None:
        raise FactorRefused(Refusal(Reason.WRONG_PASSKEY))
    with lobby.store.write() as tx:
        outcome = _judge(tx, lobby, caller, answer)
    if isinstance(outcome, Refusal):
        raise FactorRefused(outcome)
    return outcome


def _judge(
    tx: Transaction, lobby: Lobby, caller: Caller, answer: AuthenticationCredential
) -> SignedIn | Refusal:
    passkey = passkey_by_credential(tx, lobby.box, answer.raw_id)
    if passkey is None or not _names_owner(answer, passkey):
        # Not in the ledger: anybody can send what nobody ever made.
        return Refusal(Reason.WRONG_PASSKEY)
    # Where everybody comes in by their organisation, a passkey confirms acts and opens no door.
    may_come = lobby.local_accounts.admit(by_id(tx, passkey.person_id).email)
    live = hold(tx, passkey.person_id) and may_come
    # As it stands now that nobody else counts it on or removes it.
    passkey = passkey_by_credential(tx, lobby.box, answer.raw_id)
    if passkey is None:
        return Refusal(Reason.WRONG_PASSKEY)
    asked = Asked(_party(lobby), Purpose.SIGN_IN, _ANYBODY)
    refusal = take_answer(tx, lobby.ledger, lobby.box, asked, passkey, answer)
    if refusal is None and live:
        return _open(tx, lobby, caller, passkey)
    refusal = refusal or Refusal(Reason.WRONG_PASSKEY)
    who, facts = passkey.person_id, {"source": caller.source, "passkey": passkey.id}
    entry = Entry("person.sign_in_failed", "broker", subject=who, facts=facts)
    lobby.ledger.append(tx, entry)
    return refusal


def _names_owner(answer: AuthenticationCredential, passkey: Passkey) -> bool:
    """A passkey found without an email says whose it is; it must be the one the broker knows it for."""
    return answer.response.user_handle == passkey.person_id.encode()


def _open(tx: Transaction, lobby: Lobby, caller: Caller, passkey: Passkey) -> SignedIn:
    who = passkey.person_id
    begun = sessions.begin(tx, who, caller)
    opened = sessions.elevate(tx, begun.token, Method.PASSKEY)
    remember_source(tx, who, caller.source)
    facts = {
        "session": opened.session_id,
        "factor": Method.PASSKEY.value,
        "source": caller.source,
        "passkey": passkey.id,
    }
    lobby.ledger.append(tx, Entry("person.signed_in", who, subject=who, facts=facts))
    return SignedIn(opened, by_id(tx, who))


def _party(lobby: Lobby) -> RelyingParty:
    if lobby.party is None:
        raise Unavailable(
            "Passkeys cannot be used at this address.", help="Sign in with your email and password."
        )
    return lobby.party
