"""Puts one token out: its row and its entry in the caller's transaction, its text to the caller alone."""

from __future__ import annotations

from datetime import datetime

from joserfc import jwt

from broker.clock import new_id
from broker.credentials.clients.register import get_client
from broker.credentials.tokens.access_token import AccessToken, Issued, Mint
from broker.credentials.tokens.claims import claims_of, header_for, whole_second
from broker.credentials.tokens.rows import insert_token
from broker.errors import Conflict, Refused
from broker.ledger.entry import Entry
from broker.store import Reader, Transaction

ENDED = "This access is not live, so no token can be issued for it."


def blank(
    reader: Reader, *, client_id: str, audience: str, expires_at: datetime, jkt: str | None
) -> AccessToken:
    """A token about nobody yet, not written anywhere. Conflict when it would be over already."""
    if expires_at <= reader.at:
        raise Conflict(ENDED, help="Ask for access again.")
    return AccessToken(
        jti=new_id("token"),
        client_id=client_id,
        audience=audience,
        person_id=None,
        grant_id=None,
        scopes=frozenset(),
        authorization_details=(),
        acr=None,
        amr=(),
        auth_time=None,
        jkt=jkt,
        issued_at=whole_second(reader.at),
        expires_at=expires_at,
    )


def put_out(tx: Transaction, mint: Mint, token: AccessToken) -> Issued:
    """Sign it and write it down. Refused for software that was switched off, Unavailable when nothing can be signed."""
    client = get_client(tx, token.client_id)
    if client.disabled_at is not None:
        raise Refused("This software was switched off.")
    key = mint.keys.current()
    text = jwt.encode(header_for(key), claims_of(token, mint.issuer), key, algorithms=[str(key.alg)])
    insert_token(tx, token)
    facts = {
        "token": token.jti,
        "client": token.client_id,
        "software": client.name,
        "audience": token.audience,
        "scopes": sorted(token.scopes),
        "expires_at": token.expires_at.isoformat(),
        "bound": token.jkt is not None,
        "actor": token.actor,
    }
    actor = token.person_id or f"client:{token.client_id}"
    mint.ledger.append(tx, Entry("token.issued", actor, None, token.grant_id, token.person_id, facts))
    return Issued(text, token)
