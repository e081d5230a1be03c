"""Whether an ID token is about this sign-in, made for this broker, now (OpenID Connect Core 3.1.3.7)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc.jwt import Token

from broker.identity.single_sign_on.coming_in.attempt import LIMIT, Attempt
from broker.identity.single_sign_on.coming_in.redeem import Redeemed
from broker.identity.single_sign_on.provider.provider import Provider
from broker.identity.single_sign_on.provider.signed import read_signed
from broker.identity.single_sign_on.refused import SignOnRefused, Why

TYPES = frozenset({"", "jwt", "id_token+jwt"})
LONGEST_SUBJECT = 255
# Two machines' clocks differ by less. Never given to the end of a token.
SKEW = timedelta(minutes=1)


@dataclass(frozen=True)
class Vouched:
    """What the provider says of one sign-in. ``sid`` and ``acr`` are empty where it says nothing."""

    issuer: str
    subject: str
    sid: str
    acr: str
    amr: tuple[str, ...]
    auth_time: datetime | None
    issued_at: datetime
    claims: Mapping[str, Any]


def check_id_token(provider: Provider, redeemed: Redeemed, attempt: Attempt, now: datetime) -> Vouched:
    """SignOnRefused (FORGED) unless every claim fits."""
    token = read_signed(provider, redeemed.id_token, types=TYPES)
    claims, known_as = token.claims, provider.registration
    check_parties(claims, known_as.issuer, known_as.client_id)
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), attempt.nonce.encode()):
        raise _forged("nonce")
    if instant(claims, "exp") <= now:
        raise _forged("exp")
    issued_at = instant(claims, "iat")
    if not now - LIMIT <= issued_at <= now + SKEW:
        raise _forged("iat")
    _check_at_hash(token, redeemed.access_token)
    return _vouched(claims, issued_at, now)


def check_parties(claims: Mapping[str, Any], issuer: str, client_id: str) -> None:
    """From the provider, for this broker, and for nobody else who might pass it on."""
    if claims.get("iss") != issuer:
        raise _forged("iss")
    said = claims.get("aud")
    audience = said if isinstance(said, list) else [said]
    azp = claims.get("azp")
    if client_id not in audience or (len(audience) > 1 and azp is None) or azp not in (None, client_id):
        raise _forged("aud")


def instant(claims: Mapping[str, Any], name: str) -> datetime:
    """The instant in a NumericDate; FORGED when there is none."""
    said = claims.get(name)
    if isinstance(said, bool) or not isinstance(said, int | float):
        raise _forged(name)
    try:
        return datetime.fromtimestamp(said, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise _forged(name) from error


def text(claims: Mapping[str, Any], name: str, *, needed: bool = False) -> str:
    """A short printable text; FORGED when it is something else, or missing and ``needed``."""
    said = claims.get(name, "")
    if not isinstance(said, str) or len(said) > LONGEST_SUBJECT or not said.isprintable():
        raise _forged(name)
    if needed and not said:
        raise _forged(name)
    return said


def _vouched(claims: Mapping[str, Any], issued_at: datetime, now: datetime) -> Vouched:
    auth_time = instant(claims, "auth_time") if claims.get("auth_time") is not None else None
    if auth_time is not None and auth_time > now + SKEW:
        raise _forged("auth_time")
    amr = claims.get("amr", [])
    if not isinstance(amr, list) or not all(isinstance(each, str) for each in amr):
        raise _forged("amr")
    return Vouched(
        issuer=text(claims, "iss", needed=True),
        subject=text(claims, "sub", needed=True),
        sid=text(claims, "sid"),
        acr=text(claims, "acr"),
        amr=tuple(amr),
        auth_time=auth_time,
        issued_at=issued_at,
        claims=claims,
    )


def _check_at_hash(token: Token, access_token: str) -> None:
    said = token.claims.get("at_hash")
    if said is None:
        return
    # As long as the signature's own hash: RS256 means SHA-256, and Ed25519 signs with SHA-512.
    digest = getattr(hashlib, f"sha{str(token.header['alg'])[2:]}", hashlib.sha512)
    whole = digest(access_token.encode()).digest()
    half = base64.urlsafe_b64encode(whole[: len(whole) // 2]).rstrip(b"=")
    if not isinstance(said, str) or not hmac.compare_digest(half, said.encode()):
        raise _forged("at_hash")


def _forged(detail: str) -> SignOnRefused:
    return SignOnRefused(Why.FORGED, detail)
