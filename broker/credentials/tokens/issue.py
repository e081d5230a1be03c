"""Gives a token out: its row and its entry in the caller's transaction, its text to the caller alone.

The text is signed inside the transaction, so that what cannot be signed leaves no row.
Whoever opens that transaction calls ``mint.keys.ready()`` before it: a key that has to be
unwrapped by a key service is then in memory, and no network is waited for inside.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from broker.access.grant import Grant, get_grant
from broker.access.request import get_request
from broker.credentials.tokens.access_token import AccessToken, Issued, Mint
from broker.credentials.tokens.assurance import Assurance
from broker.credentials.tokens.claims import end_of, whole_second
from broker.credentials.tokens.details import details_of
from broker.credentials.tokens.offer import Offer, offer_of
from broker.credentials.tokens.put_out import ENDED, blank, put_out
from broker.errors import Conflict, Refused
from broker.identity.people import by_id
from broker.patients.register import patient_by_id
from broker.store import Reader, Transaction

LIFETIME = timedelta(minutes=5)
"""Of tokens for the broker's own API."""


def issue_for_grant(
    tx: Transaction,
    mint: Mint,
    *,
    grant: Grant,
    client_id: str,
    audience: str,
    jkt: str | None,
    actor: str | None = None,
) -> Issued:
    """A token for what the grant opens at ``audience``, ended with the grant at the latest.

    Conflict when the grant is not effective now, Refused when policy offers no token of it, none for
    that audience, or none without a key it is bound to; and for the broker itself, where such a token
    would be mistaken for one that acts as the person.
    """
    live = get_grant(tx, grant.id)
    offer = offer_of(live)
    if not live.is_effective(tx.at) or by_id(tx, live.person_id).disabled:
        raise Conflict(ENDED, help="Ask for access again.")
    if offer is None or offer.audience != audience or _is_here(mint, audience):
        raise Refused("This access gives no token for that audience.")
    if offer.dpop_required and jkt is None:
        raise Refused("Policy wants a token that is bound to a key.", help="Send a DPoP proof (RFC 9449).")
    token = blank(
        tx,
        client_id=client_id,
        audience=audience,
        expires_at=end_of(tx.at, offer.lifetime, live.expires_at),
        jkt=jkt,
    )
    token = replace(token, person_id=live.person_id, grant_id=live.id, actor=actor)
    return put_out(tx, mint, _with_what_is_known(tx, token, live, offer))


def issue_for_software(
    tx: Transaction, mint: Mint, *, client_id: str, audience: str, scopes: Iterable[str], jkt: str | None
) -> Issued:
    """A token by which software acts for itself."""
    token = blank(tx, client_id=client_id, audience=audience, expires_at=end_of(tx.at, LIFETIME), jkt=jkt)
    return put_out(tx, mint, replace(token, scopes=frozenset(scopes)))


def issue_for_person(
    tx: Transaction,
    mint: Mint,
    *,
    person_id: str,
    client_id: str,
    audience: str,
    scopes: Iterable[str],
    jkt: str | None,
    acr: str | None,
    amr: Iterable[str],
    auth_time: datetime | None,
    actor: str | None = None,
) -> Issued:
    """A token by which software acts as a person at the broker's own API. Refused for one who is shut out."""
    if by_id(tx, person_id).disabled:
        raise Refused("This person was shut out.")
    token = blank(tx, client_id=client_id, audience=audience, expires_at=end_of(tx.at, LIFETIME), jkt=jkt)
    token = replace(token, person_id=person_id, scopes=frozenset(scopes), actor=actor)
    known_since = whole_second(auth_time) if auth_time else None
    return put_out(tx, mint, replace(token, acr=acr, amr=tuple(amr), auth_time=known_since))


def _is_here(mint: Mint, audience: str) -> bool:
    return f"{audience}/".startswith(f"{mint.issuer}/")


def _with_what_is_known(reader: Reader, token: AccessToken, grant: Grant, offer: Offer) -> AccessToken:
    request, patient = get_request(reader, grant.request_id), patient_by_id(reader, grant.patient_id)
    if patient is None or request.factor_method is None or request.factor_at is None:
        raise Refused("It is not known whose this access is or who proved what for it, so there is no token.")
    proved = Assurance.of(request.factor_method, request.factor_at)
    details = details_of(offer, grant_id=grant.id, patient_ref=patient.clinic_ref, purpose=request.purpose)
    return replace(
        token,
        acr=proved.acr,
        amr=proved.amr,
        auth_time=whole_second(proved.auth_time),
        authorization_details=(details,),
    )
