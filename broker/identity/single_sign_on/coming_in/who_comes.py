"""Which person comes in, and with which roles: known, linked by a checked address, or new."""

from __future__ import annotations

from broker.identity.email_key import looks_like_email
from broker.identity.people import LONGEST_NAME, Person, Role, add_person, by_email, hold, set_roles
from broker.identity.signing_in.local_accounts import LocalAccounts
from broker.identity.single_sign_on.coming_in.id_token import Vouched
from broker.identity.single_sign_on.going_out.sso_sessions import signed_out_since
from broker.identity.single_sign_on.identities import link, linked_to, person_meant
from broker.identity.single_sign_on.refused import Why
from broker.identity.single_sign_on.rules import Rules
from broker.ledger.chain import Ledger
from broker.store import Transaction

ACTOR = "single-sign-on"
Roles = frozenset[Role] | None


def who_comes(
    tx: Transaction, ledger: Ledger, rules: Rules, local: LocalAccounts, vouched: Vouched, roles: Roles
) -> Person | Why:
    """The person with ``roles`` from now on (None: those they have), or why nobody comes in.

    What it writes stands either way: a role that was lost is lost although nobody comes in.
    """
    person = person_meant(tx, vouched.issuer, vouched.subject)
    if person is None:
        found = _first_time(tx, ledger, rules, local, vouched, roles)
        if isinstance(found, Why):
            return found
        person = found
    live = hold(tx, person.id)
    if roles is not None and roles != person.roles:
        person = set_roles(tx, ledger, person.id, roles, actor=ACTOR)
    if not live:
        return Why.DISABLED
    if not person.roles:
        return Why.NO_ROLE
    return Why.SIGNED_OUT if signed_out_since(tx, vouched) else person


def _first_time(
    tx: Transaction, ledger: Ledger, rules: Rules, local: LocalAccounts, vouched: Vouched, roles: Roles
) -> Person | Why:
    email = vouched.claims.get("email")
    if not (rules.link_by_email or rules.create_people) or not isinstance(email, str):
        return Why.UNKNOWN
    # "true" in quotes, or nothing said, is no word of the provider's that the mailbox is this person's.
    if vouched.claims.get("email_verified") is not True or not looks_like_email(email):
        return Why.UNPROVED_EMAIL
    found = by_email(tx, email)
    if found is None:
        return _created(tx, ledger, vouched, email, roles) if rules.create_people else Why.UNKNOWN
    # Another spelling may reach the same mailbox, but whoever owns the account wrote it this way. And the
    # accounts kept for the day the provider is down, or lies, are out of its reach.
    same = found.email.casefold() == email.casefold()
    if (
        not (rules.link_by_email and same)
        or local.names(found.email)
        or linked_to(tx, found.id, vouched.issuer)
    ):
        return Why.TAKEN
    link(tx, ledger, found.id, vouched.issuer, vouched.subject, how="email", actor=ACTOR)
    return found


def _created(tx: Transaction, ledger: Ledger, vouched: Vouched, email: str, roles: Roles) -> Person | Why:
    if not roles:
        return Why.NO_ROLE
    person = add_person(tx, ledger, email=email, name=_name(vouched, email), roles=roles, actor=ACTOR)
    link(tx, ledger, person.id, vouched.issuer, vouched.subject, how="created", actor=ACTOR)
    return person


def _name(vouched: Vouched, email: str) -> str:
    said = vouched.claims.get("name")
    name = " ".join(said.split()) if isinstance(said, str) else ""
    shown = name if name.isprintable() else ""
    return (shown or email.partition("@")[0])[:LONGEST_NAME].strip()
