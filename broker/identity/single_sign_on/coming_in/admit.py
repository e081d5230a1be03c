"""Somebody the provider vouches for comes in, in one commit: person, roles, session."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from broker.identity.caller import Caller
from broker.identity.factors.step_up import Method
from broker.identity.people import Person
from broker.identity.sessions import sessions
from broker.identity.sessions.sessions import Opened
from broker.identity.signing_in.known_sources import remember_source
from broker.identity.signing_in.sign_in import Lobby
from broker.identity.single_sign_on.coming_in.assurance import proves_factor
from broker.identity.single_sign_on.coming_in.groups import roles_by_groups
from broker.identity.single_sign_on.coming_in.id_token import Vouched
from broker.identity.single_sign_on.coming_in.who_comes import who_comes
from broker.identity.single_sign_on.going_out.sso_sessions import note_session
from broker.identity.single_sign_on.identities import identity_mark, note_use, person_meant
from broker.identity.single_sign_on.refused import SignOnRefused, Why
from broker.identity.single_sign_on.rules import Rules
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Transaction

_MENDED_BY_LINKING = frozenset({Why.UNKNOWN, Why.UNPROVED_EMAIL, Why.TAKEN})


@dataclass(frozen=True)
class Admitted:
    """``elevated`` when the provider's word stands for both factors; otherwise our own factor follows."""

    opened: Opened
    person: Person
    elevated: bool


def admit(
    lobby: Lobby, rules: Rules, caller: Caller, vouched: Vouched, id_token: str, *, may_elevate: bool = True
) -> Admitted:
    """SignOnRefused when there is no place for them here; roles that were lost stay lost all the same."""
    elevated = may_elevate and proves_factor(vouched, rules)
    try:
        return _admit(lobby, rules, caller, vouched, id_token, elevated=elevated)
    except IntegrityError:
        # Their other window came first and made the account: now it is there.
        return _admit(lobby, rules, caller, vouched, id_token, elevated=elevated)


def _admit(
    lobby: Lobby, rules: Rules, caller: Caller, vouched: Vouched, id_token: str, *, elevated: bool
) -> Admitted:
    roles = roles_by_groups(vouched.claims, rules)
    with lobby.store.write() as tx:
        answer = who_comes(tx, lobby.ledger, rules, lobby.local_accounts, vouched, roles)
        if isinstance(answer, Person):
            return _begin(tx, lobby, caller, vouched, answer, id_token, elevated=elevated)
        _note_refusal(tx, lobby.ledger, caller, vouched, answer)
    raise SignOnRefused(answer, subject=vouched.subject if answer in _MENDED_BY_LINKING else "")


def _begin(
    tx: Transaction,
    lobby: Lobby,
    caller: Caller,
    vouched: Vouched,
    person: Person,
    id_token: str,
    *,
    elevated: bool,
) -> Admitted:
    opened = sessions.begin(tx, person.id, caller)
    note_session(tx, lobby.box, opened.session_id, vouched, id_token)
    note_use(tx, vouched.issuer, vouched.subject, tx.at)
    if elevated:
        opened = sessions.elevate(tx, opened.token, Method.SSO)
        remember_source(tx, person.id, caller.source)
        facts = {"session": opened.session_id, "factor": Method.SSO.value, "source": caller.source}
        lobby.ledger.append(tx, Entry("person.signed_in", person.id, subject=person.id, facts=facts))
    return Admitted(opened, person, elevated)


def _note_refusal(tx: Transaction, ledger: Ledger, caller: Caller, vouched: Vouched, why: Why) -> None:
    person = person_meant(tx, vouched.issuer, vouched.subject)
    facts = {
        "source": caller.source,
        "why": f"sso_{why}",
        "identity": identity_mark(vouched.issuer, vouched.subject),
    }
    subject = person.id if person else None
    ledger.append(tx, Entry("person.sign_in_failed", "broker", subject=subject, facts=facts))
