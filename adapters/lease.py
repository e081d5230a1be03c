"""The signed lease every companion understands, and the key that signs it.

``docs/adapter-protocol.md`` is the description for other implementers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import OKPKey

from broker.adapters.jws import encode_base64url, seal

LEASE_TYPE = "lease+jwt"
REVOCATION_TYPE = "revocation+jwt"
CONTAINMENT_TYPE = "containment+jwt"
PROTECTION_TYPE = "protection+jwt"
CALL_TYPE = "call+jwt"

LONGEST_LEASE = timedelta(hours=24)
"""A site refuses a lease that lives longer, whoever signed it."""
NOT_BEFORE_LEEWAY = timedelta(seconds=60)
CALL_LIFETIME = timedelta(seconds=60)


@dataclass(frozen=True)
class LeaseClaims:
    """What a site is told to enforce.

    ``site`` and ``issuer`` are ids from the pairing, ``account`` is the holder's
    login on that site, ``scope`` is JSON the kind of site defines, instants are
    UTC and kept to the second, ``version`` only ever grows for one ``grant``.
    """

    site: str
    grant: str
    account: str
    entitlement: str
    scope: Mapping[str, Any]
    not_before: datetime
    expires_at: datetime
    version: int
    issuer: str


@dataclass(frozen=True)
class RevocationClaims:
    """``keep_until``: how long the site must go on refusing a late lease of this grant."""

    site: str
    grant: str
    version: int
    issued_at: datetime
    keep_until: datetime
    issuer: str


class ContainmentAction(StrEnum):
    """What can be done to an account at once; ``RELEASE`` undoes ``FREEZE`` and nothing else."""

    FREEZE = "freeze"
    RELEASE = "release"
    END_SESSIONS = "end_sessions"
    DELETE_APPLICATION_PASSWORDS = "delete_application_passwords"
    DELETE_API_KEYS = "delete_api_keys"
    END_LEASES = "end_leases"


EVERYONE = "*"
"""In place of an account: all of the site's, but for those spared."""


@dataclass(frozen=True)
class ContainmentClaims:
    """An order about ``account`` (or EVERYONE but ``spare``); of two orders about one account the higher version counts."""

    site: str
    order: str
    account: str
    spare: tuple[str, ...]
    actions: tuple[ContainmentAction, ...]
    version: int
    issued_at: datetime
    issuer: str


@dataclass(frozen=True)
class ProtectionClaims:
    """A site's standing rule: whether network administrators are kept from ``post_types`` and ``orders``."""

    site: str
    stop_super_admins: bool
    post_types: tuple[str, ...]
    orders: bool
    version: int
    issued_at: datetime
    issuer: str


class LeaseSigner:
    """Signs for one broker; ``kid`` is the RFC 7638 thumbprint of its public key."""

    def __init__(self, key: Ed25519PrivateKey, issuer: str) -> None:
        self.issuer = issuer
        self.use(key)

    def use(self, key: Ed25519PrivateKey) -> None:
        """Sign by ``key`` from now on."""
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self._key = OKPKey.import_key(pem)
        self.kid = self._key.thumbprint()

    @property
    def public_jwk(self) -> dict[str, Any]:
        return {**self._key.as_dict(private=False), "kid": self.kid}

    def sign_lease(self, claims: LeaseClaims, issued_at: datetime) -> str:
        """Raises ValueError when the times make no lease a site would accept."""
        if not timedelta(0) < claims.expires_at - claims.not_before <= LONGEST_LEASE:
            raise ValueError("a lease ends after it begins, and within 24 hours")
        self._check_issuer(claims.issuer)
        return self._seal(
            LEASE_TYPE,
            aud=claims.site,
            grant=claims.grant,
            sub=claims.account,
            entitlement=claims.entitlement,
            scope=dict(claims.scope),
            nbf=_seconds(claims.not_before),
            exp=_seconds(claims.expires_at),
            iat=_seconds(issued_at),
            ver=claims.version,
        )

    def sign_revocation(self, claims: RevocationClaims) -> str:
        self._check_issuer(claims.issuer)
        return self._seal(
            REVOCATION_TYPE,
            aud=claims.site,
            grant=claims.grant,
            ver=claims.version,
            iat=_seconds(claims.issued_at),
            keep=_seconds(claims.keep_until),
        )

    def sign_containment(self, claims: ContainmentClaims) -> str:
        self._check_issuer(claims.issuer)
        return self._seal(
            CONTAINMENT_TYPE,
            aud=claims.site,
            order=claims.order,
            account=claims.account,
            spare=list(claims.spare),
            actions=[str(action) for action in claims.actions],
            ver=claims.version,
            iat=_seconds(claims.issued_at),
        )

    def sign_protection(self, claims: ProtectionClaims) -> str:
        self._check_issuer(claims.issuer)
        return self._seal(
            PROTECTION_TYPE,
            aud=claims.site,
            super_admins="stopped" if claims.stop_super_admins else "free",
            post_types=list(claims.post_types),
            orders=claims.orders,
            ver=claims.version,
            iat=_seconds(claims.issued_at),
        )

    def sign_call(self, site: str, route: str, body: bytes, now: datetime, nonce: str, mark: int) -> str:
        """The envelope of one request: ``POST`` to ``route`` with exactly ``body``, once, within a minute.

        ``mark`` is the highest version any document for this site carries.
        """
        return self._seal(
            CALL_TYPE,
            aud=site,
            method="POST",
            route=route,
            body=encode_base64url(sha256(body).digest()),
            iat=_seconds(now),
            exp=_seconds(now + CALL_LIFETIME),
            jti=nonce,
            mark=mark,
        )

    def _check_issuer(self, issuer: str) -> None:
        if issuer != self.issuer:
            raise ValueError("a document names the broker that signs it")

    def _seal(self, typ: str, **claims: Any) -> str:
        return seal({"iss": self.issuer, **claims}, typ, self._key)


def _seconds(instant: datetime) -> int:
    # Rounded down: a lease never outlives its grant by a fraction.
    return int(instant.astimezone(UTC).timestamp())
