"""Gives the holder of a grant a link to one thing that the grant names."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from broker.access.grant import Grant, get_grant, grant_is_effective
from broker.credentials.links.link_token import LinkSigner
from broker.credentials.links.links import issue
from broker.credentials.links.tables import links
from broker.errors import Conflict, NotFound
from broker.identity.people import Person
from broker.ledger.chain import Ledger
from broker.store import Reader, Store

LINK_LIFETIME = timedelta(minutes=10)
"""Long enough to carry it to another device, short enough to be worthless when found."""


def hand_out(
    store: Store, ledger: Ledger, signer: LinkSigner, holder: Person, grant_id: str, holding_id: str
) -> str:
    """A signed link for the holder. NotFound for another's grant or a thing it does not name, Conflict after its end."""
    with store.write() as tx:
        grant = get_grant(tx, grant_id)
        if grant.person_id != holder.id or holding_id not in holdings_in(grant):
            raise NotFound("There is no such access.", help="Look for it on your home page.")
        if not grant.is_effective(tx.at):
            raise Conflict(
                "This access is not live, so nothing can be opened with it.", help="Ask for it again."
            )
        return issue(
            tx,
            ledger,
            signer,
            grant_id=grant.id,
            grant_expires_at=grant.expires_at,
            person_id=holder.id,
            holding_id=holding_id,
            expires_at=min(grant.expires_at, tx.at + LINK_LIFETIME),
        )


def holdings_in(grant: Grant) -> tuple[str, ...]:
    """The ids of the recordings or records a grant opens; none for a role on a site."""
    return tuple(grant.scope.get("holdings", ()))


def would_open(reader: Reader, signer: LinkSigner, token: str, person_id: str) -> bool:
    """Whether the exchange would succeed now for this person. Looks, and uses nothing up."""
    claims = signer.read(token)
    if claims is None or claims.person != person_id or reader.at >= claims.expires_at:
        return False
    unused = (links.c.id == claims.link) & links.c.exchanged_at.is_(None)
    known = reader.one_or_none(select(links.c.id).where(unused)) is not None
    return known and grant_is_effective(reader, claims.grant, reader.at)
