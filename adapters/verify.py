"""Reading signed documents the way a site does.

The broker itself never needs this to work; tests, drills and other implementers
do. The reasons are the words a companion answers, in the order it checks.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from broker.adapters.jws import DocumentRefused, encode_base64url, open_sealed
from broker.adapters.lease import (
    CALL_TYPE,
    CONTAINMENT_TYPE,
    EVERYONE,
    LEASE_TYPE,
    LONGEST_LEASE,
    NOT_BEFORE_LEEWAY,
    PROTECTION_TYPE,
    REVOCATION_TYPE,
    ContainmentAction,
    ContainmentClaims,
    LeaseClaims,
    ProtectionClaims,
    RevocationClaims,
)
from broker.adapters.pairing import Pairing

_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}\Z")
_PLAIN = re.compile(r"[^\x00-\x1f\x7f]+\Z")
_LONGEST_LIST = 100
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


def verify_containment(jws: str, pairing: Pairing) -> ContainmentClaims:
    """Spared accounts beside a single account make no sense, nor does freezing and releasing at once."""
    claims = _open(jws, CONTAINMENT_TYPE, pairing)
    account = _text(claims, "account", 60)
    actions = {word for word in _texts(claims, "actions", 40) if word in set(ContainmentAction)}
    spare = _texts(claims, "spare", 60)
    if len(actions) != len(claims["actions"]) or not actions or (spare and account != EVERYONE):
        raise DocumentRefused("bad_claims")
    if {ContainmentAction.FREEZE, ContainmentAction.RELEASE} <= actions:
        raise DocumentRefused("bad_claims")
    return ContainmentClaims(
        site=pairing.site,
        order=_id(claims, "order"),
        account=account,
        spare=spare,
        actions=tuple(action for action in ContainmentAction if action in actions),
        version=_whole(claims, "ver"),
        issued_at=_instant(claims, "iat"),
        issuer=pairing.issuer,
    )


def verify_protection(jws: str, pairing: Pairing) -> ProtectionClaims:
    """Of several the highest version is the site's rule."""
    claims = _open(jws, PROTECTION_TYPE, pairing)
    if claims.get("super_admins") not in {"stopped", "free"} or type(claims.get("orders")) is not bool:
        raise DocumentRefused("bad_claims")
    return ProtectionClaims(
        site=pairing.site,
        stop_super_admins=claims["super_admins"] == "stopped",
        post_types=_texts(claims, "post_types", 20),
        orders=claims["orders"],
        version=_whole(claims, "ver"),
        issued_at=_instant(claims, "iat"),
        issuer=pairing.issuer,
    )


@dataclass(frozen=True)
class CallClaims:
    """``mark`` is the highest version of any document the broker has made for this site."""

    nonce: str
    mark: int


def verify_call(jws: str, pairing: Pairing, route: str, body: bytes, now: datetime) -> CallClaims:
    """What a call made for this route, this body and this moment says of itself."""
    claims = _open(jws, CALL_TYPE, pairing)
    issued, expires, nonce = _instant(claims, "iat"), _instant(claims, "exp"), _id(claims, "jti")
    mark = _whole(claims, "mark")
    if claims.get("method") != "POST" or claims.get("route") != route:
        raise DocumentRefused("wrong_route")
    digest = encode_base64url(sha256(body).digest())
    if not hmac.compare_digest(digest, _text(claims, "body", 64)):
        raise DocumentRefused("wrong_body")
    if now >= expires or now < issued - _CALL_CLOCK_SKEW:
        raise DocumentRefused("clock_skew")
    return CallClaims(nonce, mark)


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


def _texts(claims: Mapping[str, Any], name: str, longest: int) -> tuple[str, ...]:
    values = claims.get(name)
    if not isinstance(values, list) or len(values) > _LONGEST_LIST:
        raise DocumentRefused("bad_claims")
    return tuple(_text({name: value}, name, longest) for value in values)


def _id(claims: Mapping[str, Any], name: str) -> str:
    value = _text(claims, name, 64)
    if not _ID.match(value):
        raise DocumentRefused("bad_claims")
    return value
