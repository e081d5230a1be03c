"""Reading signed documents the way a site does.

The broker itself never needs this to work; tests, drills and other implementers
do. The reasons are the words a companion answers, in the order it checks.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from broker.adapters.jws import DocumentRefused, encode_base64url, open_sealed
from broker.adapters.lease import (
    CALL_TYPE,
    LEASE_TYPE,
    LONGEST_LEASE,
    NOT_BEFORE_LEEWAY,
    REVOCATION_TYPE,
    LeaseClaims,
    RevocationClaims,
)
from broker.adapters.pairing import Pairing

_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}\Z")
_PLAIN = re.compile(r"[^\x00-\x1f\x7f]+\Z")
_CALL_CLOCK_SKEW = timedelta(seconds=60)


def verify_lease(jws: str, pairing: Pairing, now: datetime) -> LeaseClaims:
    """The claims of a lease that ``pairing``'s site would enforce at ``now``, or :class:`DocumentRefused`."""
    claims = _open(jws, LEASE_TYPE, pairing)
    not_before, expires = _instant(claims, "nbf"), _instant(claims, "exp")
    _instant(claims, "iat")
    scope = claims.get("scope")
    if not isinstance(scope, dict) or not expires > not_before:
        raise DocumentRefused("bad_claims")
    if expires - not_before > LONGEST_LEASE:
        raise DocumentRefused("too_long")
    lease = LeaseClaims(
        site=pairing.site,
        grant=_id(claims, "grant"),
        account=_text(claims, "sub", 60),
        entitlement=_text(claims, "entitlement", 100),
        scope=scope,
        not_before=not_before,
        expires_at=expires,
        version=_whole(claims, "ver"),
        issuer=pairing.issuer,
    )
    if now >= expires:
        raise DocumentRefused("expired")
    if now < not_before - NOT_BEFORE_LEEWAY:
        raise DocumentRefused("not_yet")
    return lease


def verify_revocation(jws: str, pairing: Pairing) -> RevocationClaims:
    """A revocation has no time at which it is too late."""
    claims = _open(jws, REVOCATION_TYPE, pairing)
    return RevocationClaims(
        site=pairing.site,
        grant=_id(claims, "grant"),
        version=_whole(claims, "ver"),
        issued_at=_instant(claims, "iat"),
        keep_until=_instant(claims, "keep"),
        issuer=pairing.issuer,
    )


def verify_call(jws: str, pairing: Pairing, route: str, body: bytes, now: datetime) -> str:
    """The nonce of a call made for this route, this body and this moment."""
    claims = _open(jws, CALL_TYPE, pairing)
    issued, expires, nonce = _instant(claims, "iat"), _instant(claims, "exp"), _id(claims, "jti")
    if claims.get("method") != "POST" or claims.get("route") != route:
        raise DocumentRefused("wrong_route")
    digest = encode_base64url(sha256(body).digest())
    if not hmac.compare_digest(digest, _text(claims, "body", 64)):
        raise DocumentRefused("wrong_body")
    if now >= expires or now < issued - _CALL_CLOCK_SKEW:
        raise DocumentRefused("clock_skew")
    return nonce


def _open(jws: str, typ: str, pairing: Pairing) -> dict[str, Any]:
    claims = open_sealed(jws, typ, pairing.keys)
    if claims.get("iss") != pairing.issuer:
        raise DocumentRefused("wrong_issuer")
    if claims.get("aud") != pairing.site:
        raise DocumentRefused("wrong_audience")
    return claims


def _whole(claims: Mapping[str, Any], name: str) -> int:
    value = claims.get(name)
    if type(value) is not int or not 0 <= value < 2**53:
        raise DocumentRefused("bad_claims")
    return value


def _instant(claims: Mapping[str, Any], name: str) -> datetime:
    try:
        return datetime.fromtimestamp(_whole(claims, name), UTC)
    except (OverflowError, ValueError, OSError):
        raise DocumentRefused("bad_claims") from None


def _text(claims: Mapping[str, Any], name: str, longest: int) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value.encode()) <= longest or not _PLAIN.match(value):
        raise DocumentRefused("bad_claims")
    return value


def _id(claims: Mapping[str, Any], name: str) -> str:
    value = _text(claims, name, 64)
    if not _ID.match(value):
        raise DocumentRefused("bad_claims")
    return value
