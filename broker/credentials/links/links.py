"""Signed links to one recording or record: handed out under a grant, exchanged once for a viewing."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert, update

from broker.clock import new_id
from broker.credentials.links.link_token import LinkClaims, LinkSigner
from broker.credentials.links.tables import links
from broker.credentials.links.viewings import GrantCheck, OpenedViewing, Viewing, open_viewing
from broker.errors import Invalid, Refused
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Store, Transaction


class LinkRefused(Refused):
    """A link that opens nothing. Why is in the ledger; the person reads one sentence for every cause."""

    help = "Open your access again from the page of your request, or ask for new access."

    def __init__(self) -> None:
        super().__init__("This link cannot be opened.")


class LinkFault(StrEnum):
    """Why a link was refused, as the ledger names it."""

    TAMPERED = "tampered"  # not signed by this broker, or edited
    UNKNOWN = "unknown"  # signed, but no such link was ever stored
    FOREIGN = "foreign"  # made out to another person
    EXPIRED = "expired"
    GRANT_ENDED = "grant_ended"
    USED = "used"


def issue(
    tx: Transaction,
    ledger: Ledger,
    signer: LinkSigner,
    *,
    grant_id: str,
    grant_expires_at: datetime,
    person_id: str,
    holding_id: str,
    expires_at: datetime,
) -> str:
    """The signed text for a link, valid until ``expires_at`` (cut to a whole second).

    Raises Invalid for a link that would outlive its grant, Refused for one that would be dead at once.
    """
    if expires_at > grant_expires_at:
        raise Invalid("A link cannot outlive the access it belongs to.")
    claims = LinkClaims(new_id("link"), grant_id, person_id, holding_id, int(expires_at.timestamp()))
    if claims.expires_at <= tx.at:
        raise Refused("This access has ended.", help="Ask for access again if you still need it.")
    tx.execute(
        insert(links).values(
            id=claims.link,
            grant_id=grant_id,
            person_id=person_id,
            holding_id=holding_id,
            created_at=tx.at,
            expires_at=claims.expires_at,
        )
    )
    _append(tx, ledger, "link.issued", person_id, claims, expires_at=claims.expires)
    return signer.sign(claims)


def exchange(
    store: Store,
    ledger: Ledger,
    signer: LinkSigner,
    *,
    token: str,
    person_id: str,
    grant_is_effective: GrantCheck,
) -> OpenedViewing:
    """Use up a link for a viewing; of several at once exactly one succeeds.

    Raises LinkRefused for whatever else it is, after the refusal is in the
    ledger: so it commits its own transaction and must not run inside another.
    """
    claims = signer.read(token)
    with store.write() as tx:
        fault = _fault(tx, claims, person_id, grant_is_effective)
        if fault is None and claims is not None:
            opened = open_viewing(tx, Viewing(claims.link, claims.grant, person_id, claims.holding, tx.at))
            _append(tx, ledger, "link.exchanged", person_id, claims)
            return opened
        _append(tx, ledger, "link.refused", person_id, claims, reason=str(fault))
    raise LinkRefused


def _fault(
    tx: Transaction, claims: LinkClaims | None, person_id: str, grant_is_effective: GrantCheck
) -> LinkFault | None:
    """Why the link is refused; None once it is used up for this person."""
    if claims is None:
        return LinkFault.TAMPERED
    if claims.person != person_id:
        return LinkFault.FOREIGN
    if tx.at >= claims.expires_at:
        return LinkFault.EXPIRED
    if not grant_is_effective(tx, claims.grant, tx.at):
        return LinkFault.GRANT_ENDED
    return None if _use_up(tx, claims) else _why_unusable(tx, claims)


def _use_up(tx: Transaction, claims: LinkClaims) -> bool:
    # The row must agree with the token in everything, so that neither alone opens anything.
    changed = tx.execute(
        update(links)
        .where(
            links.c.id == claims.link,
            links.c.grant_id == claims.grant,
            links.c.person_id == claims.person,
            links.c.holding_id == claims.holding,
            links.c.expires_at == claims.expires_at,
            links.c.exchanged_at.is_(None),
        )
        .values(exchanged_at=tx.at)
    )
    return changed.rowcount == 1


def _why_unusable(tx: Transaction, claims: LinkClaims) -> LinkFault:
    known = tx.one_or_none(links.select().where(links.c.id == claims.link))
    return LinkFault.UNKNOWN if known is None or known.exchanged_at is None else LinkFault.USED


def _append(
    tx: Transaction, ledger: Ledger, event: str, actor: str, claims: LinkClaims | None, **facts: object
) -> None:
    """The token itself never reaches the ledger, only the ids a signature vouches for."""
    if claims is None:
        ledger.append(tx, Entry(event, actor, facts=facts))
        return
    named = {"link": claims.link, "holding": claims.holding, **facts}
    ledger.append(tx, Entry(event, actor, grant=claims.grant, subject=claims.person, facts=named))
