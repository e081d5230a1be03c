"""Software that proves who it is by signing (``private_key_jwt``, RFC 7523)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError

from broker.credentials.clients.public_keys import algorithm_of, key_named
from broker.credentials.clients.register import AuthMethod, Client, find_client
from broker.credentials.clients.tables import client_assertions
from broker.store import Store, Transaction

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST = 8_192
# As long as usual client libraries make them; it works once all the same.
LONGEST_LIFE = timedelta(hours=1)
LEEWAY = timedelta(seconds=30)
_LONGEST_JTI = 200


def client_asserted(store: Store, assertion: str, audiences: Collection[str]) -> Client | None:
    """The client whose key signed ``assertion`` for one of ``audiences``; None for anything else.

    The assertion is used up with this: it commits a transaction of its own.
    """
    with store.read() as reader:
        client = find_client(reader, named_by(assertion))
        claims = _claims(assertion, client, audiences, reader.at) if client else None
    if client is None or claims is None:
        return None
    with store.write() as tx:
        # Whoever was shut out between the two looks is shut out.
        again = find_client(tx, client.id)
        return client if again == client and _use_up(tx, client.id, claims) else None


def named_by(assertion: str) -> str:
    """Whom an assertion claims to be from, unchecked; empty when it cannot be read."""
    if len(assertion) > LONGEST or not assertion.isascii():
        return ""
    try:
        named = json.loads(jws.extract_compact(assertion.encode()).payload)["sub"]
    except (JoseError, ValueError, KeyError, TypeError, RecursionError):
        return ""
    return named if isinstance(named, str) else ""


def forget_used(store: Store) -> None:
    """Assertions whose time is over are refused for that already."""
    with store.write() as tx:
        tx.execute(delete(client_assertions).where(client_assertions.c.expires_at < tx.at - LEEWAY))


def _claims(
    assertion: str, client: Client, audiences: Collection[str], now: datetime
) -> Mapping[str, Any] | None:
    if client.auth_method is not AuthMethod.KEY or client.jwks is None or client.disabled_at is not None:
        return None
    claims = _signed(assertion, client.jwks)
    return claims if claims is not None and _is_fit(claims, client.id, audiences, now) else None


def _signed(assertion: str, jwks: Mapping[str, Any]) -> Mapping[str, Any] | None:
    try:
        key = key_named(jwks, jws.extract_compact(assertion.encode()).headers())
        return jwt.decode(assertion, key, algorithms=[algorithm_of(key)]).claims
    except (JoseError, ValueError, TypeError, RecursionError):
        return None


def _is_fit(claims: Mapping[str, Any], client_id: str, audiences: Collection[str], now: datetime) -> bool:
    aud, jti, end = claims.get("aud"), claims.get("jti"), _instant(claims.get("exp"))
    # One audience: what is also meant for somebody else can be handed in here by them.
    only = aud[0] if isinstance(aud, list) and len(aud) == 1 else aud
    begun = all(_has_begun(claims[name], now) for name in ("iat", "nbf") if name in claims)
    return (
        claims.get("iss") == claims.get("sub") == client_id
        and isinstance(only, str)
        and only in audiences
        and isinstance(jti, str)
        and 0 < len(jti) <= _LONGEST_JTI
        and end is not None
        and now < end <= now + LONGEST_LIFE + LEEWAY
        and begun
    )


def _has_begun(claim: object, now: datetime) -> bool:
    at = _instant(claim)
    return at is not None and at <= now + LEEWAY


def _instant(claim: object) -> datetime | None:
    """NumericDate (RFC 7519), None for anything else."""
    if isinstance(claim, bool) or not isinstance(claim, int | float):
        return None
    try:
        return datetime.fromtimestamp(claim, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _use_up(tx: Transaction, client_id: str, claims: Mapping[str, Any]) -> bool:
    row = {
        "client_id": client_id,
        "jti_sha256": hashlib.sha256(claims["jti"].encode("utf-8", "surrogatepass")).hexdigest(),
        "expires_at": _instant(claims["exp"]),
    }
    try:
        with tx.connection.begin_nested():
            tx.execute(insert(client_assertions).values(**row))
    except IntegrityError:
        return False
    return True
