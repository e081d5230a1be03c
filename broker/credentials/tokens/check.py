"""Whether a token may be used now: what it says, what is remembered of it, and whether its grant still stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, or_, select

from broker.access.grant import GrantState, is_effective
from broker.access.tables import grants
from broker.credentials.clients.tables import clients
from broker.credentials.tokens.access_token import AccessToken, Mint
from broker.credentials.tokens.claims import claims_of
from broker.credentials.tokens.details import named_grant
from broker.credentials.tokens.read import signed_claims
from broker.credentials.tokens.rows import COLUMNS, token_of
from broker.credentials.tokens.tables import access_tokens
from broker.identity.tables import people
from broker.store import Reader

# One look at everything that could have ended it. Whose the token is and whose the grant is must be one person.
_EVERYTHING = (
    select(*COLUMNS, grants.c.state, grants.c.issued_at, grants.c.expires_at)
    .select_from(access_tokens)
    .join(clients, clients.c.id == access_tokens.c.client_id)
    .outerjoin(people, people.c.id == access_tokens.c.person_id)
    .outerjoin(
        grants,
        and_(grants.c.id == access_tokens.c.grant_id, grants.c.person_id == access_tokens.c.person_id),
    )
    .where(
        access_tokens.c.jti == bindparam("wanted"),
        access_tokens.c.revoked_at.is_(None),
        clients.c.disabled_at.is_(None),
        or_(
            access_tokens.c.person_id.is_(None),
            and_(people.c.id.is_not(None), people.c.disabled_at.is_(None)),
        ),
    )
)


def live_token(reader: Reader, mint: Mint, text: str, *, audience: str | None = None) -> AccessToken | None:
    """The token, if it may be used at ``reader.at``; None for whatever else it is, without saying why.

    No leeway: at ``exp`` it is over. ``audience`` is who asks; without it any audience is
    taken, which is right only where the token's own audience is looked at next.
    Raises Unavailable when the store or the keys cannot be read.
    """
    claims = signed_claims(mint, text)
    if claims is None or not isinstance(claims.get("jti"), str):
        return None
    row = reader.one_or_none(_EVERYTHING, {"wanted": claims["jti"]})
    if row is None:
        return None
    token = token_of(row)
    fits = audience is None or token.audience == audience
    if token.grant_id is not None and token.grant_id in reader.ended:
        return None
    return token if fits and _is_live(mint, token, claims, row, reader.at) else None


def _is_live(mint: Mint, token: AccessToken, claims: Mapping[str, Any], row: Row[Any], now: datetime) -> bool:
    # Signature and row must agree in everything, so that neither alone opens anything.
    if claims_of(token, mint.issuer) != claims or not token.issued_at <= now < token.expires_at:
        return False
    if named_grant(token) != token.grant_id:
        return False
    if token.grant_id is None:
        return True
    state, issued_at, expires_at = row[len(COLUMNS) :]
    return state is not None and is_effective(GrantState(state), issued_at, expires_at, now)
