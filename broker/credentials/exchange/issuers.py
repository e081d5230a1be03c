"""Issuers whose word is taken for who a person is, each for the one client that may hand it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Row, select, update

from broker.clock import new_id
from broker.credentials.clients.register import GrantType, get_client
from broker.credentials.exchange.tables import issuer_people, trusted_issuers
from broker.errors import Conflict, Invalid, NotFound
from broker.identity.people import by_id
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Reader, Transaction

EMAIL = "email"
LONGEST_AGE = timedelta(hours=12)
_LONGEST = 255


@dataclass(frozen=True)
class TrustedIssuer:
    """``audience`` is whom the issuer's tokens must be made out to; ``person_claim`` the claim that names the person:
    ``email``, which must be verified, or another whose values were linked one by one. Its keys are at
    ``jwks_url``, or are ``jwks``: exactly one of the two. ``max_age`` counts from ``iat``.
    """

    issuer: str
    client_id: str
    audience: str
    jwks_url: str | None
    jwks: Mapping[str, Any] | None
    person_claim: str
    max_age: timedelta
    allow_private: bool = False


def add_issuer(tx: Transaction, ledger: Ledger, new: TrustedIssuer, *, actor: str) -> str:
    """Take an issuer's word from now on; the id of the trust. Invalid for a bad value, Conflict when it stands already."""
    _check(new)
    if GrantType.EXCHANGE not in get_client(tx, new.client_id).grant_types:
        raise Invalid(
            "That client may not exchange tokens.",
            {"client_id": "Register it with --grant token-exchange."},
        )
    if issuer_for(tx, new.client_id, new.issuer) is not None:
        raise Conflict("That issuer's word is taken already for this client.", help="Remove it first.")
    _clear_away(tx, new)
    trust_id = new_id("trust")
    values = dict(vars(new))
    values["max_age_s"] = int(values.pop("max_age").total_seconds())
    tx.execute(trusted_issuers.insert().values(id=trust_id, added_at=tx.at, **values))
    facts = {"trust": trust_id, "issuer": new.issuer, "client": new.client_id, "claim": new.person_claim}
    ledger.append(tx, Entry("issuer.added", actor, facts=facts))
    return trust_id


def issuer_for(reader: Reader, client_id: str, issuer: str) -> TrustedIssuer | None:
    """The trust in ``issuer`` for what this client hands in, None when there is none."""
    here = (trusted_issuers.c.client_id == client_id) & (trusted_issuers.c.issuer == issuer)
    row = reader.one_or_none(select(trusted_issuers).where(here, trusted_issuers.c.removed_at.is_(None)))
    return None if row is None else _issuer(row)


def list_issuers(reader: Reader) -> list[tuple[str, TrustedIssuer]]:
    """Every trust that stands, with its id."""
    standing = select(trusted_issuers).where(trusted_issuers.c.removed_at.is_(None))
    rows = reader.all(standing.order_by(trusted_issuers.c.added_at, trusted_issuers.c.id))
    return [(row.id, _issuer(row)) for row in rows]


def remove_issuer(tx: Transaction, ledger: Ledger, trust_id: str, *, actor: str) -> None:
    """Take its word no longer. Tokens that were given for it end by themselves, or with their grants."""
    standing = (trusted_issuers.c.id == trust_id) & trusted_issuers.c.removed_at.is_(None)
    if tx.execute(update(trusted_issuers).where(standing).values(removed_at=tx.at)).rowcount != 1:
        raise NotFound("No trusted issuer has that id.", help="List them with: broker issuer list")
    ledger.append(tx, Entry("issuer.removed", actor, facts={"trust": trust_id}))


def link_person(
    tx: Transaction, ledger: Ledger, issuer: str, called: str, person_id: str, *, actor: str
) -> None:
    """Say who it is that ``issuer`` calls ``called``; replaces an earlier answer."""
    if not called or len(called) > _LONGEST or not called.isprintable():
        raise Invalid(f"What the issuer calls a person has at most {_LONGEST} printable characters.")
    who = by_id(tx, person_id)
    same = (issuer_people.c.issuer == issuer) & (issuer_people.c.called == called)
    tx.execute(issuer_people.delete().where(same))
    tx.execute(issuer_people.insert().values(issuer=issuer, called=called, person_id=who.id, linked_at=tx.at))
    ledger.append(tx, Entry("issuer.person_linked", actor, subject=who.id, facts={"issuer": issuer}))


def person_called(reader: Reader, issuer: str, called: str) -> str | None:
    """The id of the person ``issuer`` calls ``called``, None for nobody."""
    same = (issuer_people.c.issuer == issuer) & (issuer_people.c.called == called)
    row = reader.one_or_none(select(issuer_people.c.person_id).where(same))
    return None if row is None else str(row.person_id)


def _check(new: TrustedIssuer) -> None:
    faults = {}
    parts = urlsplit(new.issuer)
    if parts.scheme not in {"http", "https"} or not parts.hostname or len(new.issuer) > _LONGEST:
        faults["issuer"] = "The issuer is the https:// address its tokens name as iss."
    if not new.audience or len(new.audience) > _LONGEST:
        faults["audience"] = "Say whom its tokens are made out to (aud)."
    if (new.jwks_url is None) == (new.jwks is None):
        faults["jwks"] = "Give either the address of its keys or the keys themselves."
    if not timedelta(seconds=1) <= new.max_age <= LONGEST_AGE:
        faults["max_age"] = f"A token is taken for at most {LONGEST_AGE.seconds // 3600} hours."
    if not new.person_claim or len(new.person_claim) > 60:  # noqa: PLR2004 - the column
        faults["person_claim"] = "Name the claim that says who the person is, such as email or sub."
    if faults:
        raise Invalid("This issuer cannot be trusted as described. " + " ".join(faults.values()), faults)


def _clear_away(tx: Transaction, new: TrustedIssuer) -> None:
    # A trust that was removed leaves its place to a new one; the ledger remembers it.
    same = (trusted_issuers.c.issuer == new.issuer) & (trusted_issuers.c.client_id == new.client_id)
    tx.execute(trusted_issuers.delete().where(same, trusted_issuers.c.removed_at.is_not(None)))


def _issuer(row: Row[Any]) -> TrustedIssuer:
    values: dict[str, Any] = {
        name: getattr(row, name) for name in TrustedIssuer.__dataclass_fields__ if name != "max_age"
    }
    return TrustedIssuer(**values, max_age=timedelta(seconds=row.max_age_s))
