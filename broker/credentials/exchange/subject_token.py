"""What another system's token says of a person: checked for signature, issuer, audience and time, and nothing believed before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError

from broker.credentials.clients.public_keys import algorithm_of, key_named
from broker.credentials.exchange.issuers import EMAIL, TrustedIssuer
from broker.errors import Refused

LONGEST = 16_384
LEEWAY = timedelta(seconds=30)
"""For clocks that run ahead of ours; none at the end."""


class SubjectRefused(Refused):
    """A token that says nothing here. ``why`` is for the client's developer and repeats nothing of the token."""

    help = "Hand in a fresh token of an issuer the administrator has named for this client."

    def __init__(self, why: str) -> None:
        super().__init__(f"The subject token is not accepted: {why}.")
        self.why = why


@dataclass(frozen=True)
class Subject:
    """``called`` is what the issuer calls the person; ``auth_time`` when they signed in there, if it says so."""

    called: str
    auth_time: datetime | None


def unchecked(text: str) -> tuple[str, Mapping[str, Any]]:
    """``iss`` and the header as the token has them, good for finding the keys to check it by and nothing else."""
    if len(text) > LONGEST or not text.isascii():
        raise SubjectRefused("it cannot be read")
    try:
        found = jws.extract_compact(text.encode())
        claims, header = json.loads(found.payload), found.headers()
    except (JoseError, ValueError, TypeError, RecursionError):
        raise SubjectRefused("it cannot be read") from None
    issuer = claims.get("iss") if isinstance(claims, dict) else None
    if not isinstance(issuer, str) or not issuer.isprintable():
        raise SubjectRefused("it names no issuer")
    return issuer, header


def read_subject(text: str, trusted: TrustedIssuer, jwks: Mapping[str, Any], now: datetime) -> Subject:
    """Who the token speaks of. Raises SubjectRefused."""
    claims = _signed(text, jwks)
    _check_origin(claims, trusted)
    _check_time(claims, trusted, now)
    called = claims.get(trusted.person_claim)
    # What cannot be printed names nobody, and some databases break on it.
    if not isinstance(called, str) or not called or not called.isprintable():
        raise SubjectRefused("the claim that names the person is missing")
    # An issuer that lets people write any address into their profile must not make them anybody here.
    if trusted.person_claim == EMAIL and claims.get("email_verified") is not True:
        raise SubjectRefused("it does not say that the email address was verified")
    return Subject(called, _instant(claims.get("auth_time")))


def _signed(text: str, jwks: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        header = jws.extract_compact(text.encode()).headers()
        key = key_named(jwks, header)
        claims = jwt.decode(text, key, algorithms=[algorithm_of(key)]).claims
    except (JoseError, ValueError, TypeError, RecursionError):
        raise SubjectRefused("its signature is not that of the issuer") from None
    # A logout token or an access token speaks of a person as well, and is no word on who is there now.
    if str(header.get("typ", "JWT")).lower() != "jwt" or "events" in claims:
        raise SubjectRefused("it is a token of another kind")
    return claims


def _check_origin(claims: Mapping[str, Any], trusted: TrustedIssuer) -> None:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if claims.get("iss") != trusted.issuer:
        raise SubjectRefused("it is not from the issuer whose keys signed it")
    if trusted.audience not in audiences:
        raise SubjectRefused("it is made out to somebody else")
    if (len(audiences) > 1 or "azp" in claims) and claims.get("azp") != trusted.audience:
        raise SubjectRefused("it was given to somebody else")


def _check_time(claims: Mapping[str, Any], trusted: TrustedIssuer, now: datetime) -> None:
    begun, end = _instant(claims.get("iat")), _instant(claims.get("exp"))
    not_before = _instant(claims["nbf"]) if "nbf" in claims else begun
    if begun is None or end is None or not_before is None:
        raise SubjectRefused("it does not say from when and until when it is good")
    if now >= end:
        raise SubjectRefused("its time is over")
    if max(begun, not_before) > now + LEEWAY:
        raise SubjectRefused("it is not good yet")
    if now - begun > trusted.max_age:
        raise SubjectRefused("it is too old")


def _instant(claim: object) -> datetime | None:
    if isinstance(claim, bool) or not isinstance(claim, int | float):
        return None
    try:
        return datetime.fromtimestamp(claim, UTC)
    except (ValueError, OverflowError, OSError):
        return None
