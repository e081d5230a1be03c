"""The broker of the contract: a key, and short words for what it signs."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker.adapters.kind import Connection
from broker.adapters.lease import (
    ContainmentAction,
    ContainmentClaims,
    LeaseClaims,
    LeaseSigner,
    ProtectionClaims,
    RevocationClaims,
)
from broker.adapters.pairing import pairing_text
from broker.adapters.port import SignedDocument
from broker.clock import Clock, SystemClock, new_id
from tests.adapters.contract.specimen import Holder
from tests.fakes.connection import connection_to

SITE, ISSUER = "clinic", "broker.example"


class Author:
    """Gives each document the next version of the site, as the broker does; ``mark`` is the last one."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.signer = LeaseSigner(Ed25519PrivateKey.generate(), ISSUER)
        self.clock = clock or SystemClock()
        self.mark = 0
        self._versions = itertools.count(1)

    @property
    def pairing(self) -> str:
        return pairing_text(SITE, ISSUER, [self.signer.public_jwk])

    def connection(self, url: str, **differing: Any) -> Connection:
        return connection_to(url, self.signer, self.clock, mark=lambda: self.mark, **differing)

    def next_version(self) -> int:
        self.mark = next(self._versions)
        return self.mark

    def lease(
        self,
        holder: Holder,
        *,
        grant: str = "",
        version: int = 0,
        lasts: timedelta = timedelta(minutes=5),
        until: datetime | None = None,
        site: str = SITE,
        scope: Mapping[str, Any] | None = None,
    ) -> SignedDocument:
        """Begins now; of a new grant unless told which."""
        now, grant = self.clock.wall(), grant or new_id("grant")
        claims = LeaseClaims(
            site=site,
            grant=grant,
            account=holder.account,
            entitlement="contract",
            scope=holder.scope if scope is None else scope,
            not_before=now - timedelta(seconds=5),
            expires_at=until or now + lasts,
            version=version or self.next_version(),
            issuer=ISSUER,
        )
        return SignedDocument(grant, self.signer.sign_lease(claims, now))

    def revocation(self, grant: str) -> SignedDocument:
        now = self.clock.wall()
        claims = RevocationClaims(SITE, grant, self.next_version(), now, now + timedelta(days=7), ISSUER)
        return SignedDocument(grant, self.signer.sign_revocation(claims))

    def order(
        self,
        account: str,
        *actions: ContainmentAction,
        spare: Iterable[str] = (),
        version: int = 0,
    ) -> SignedDocument:
        order, version = new_id("order"), version or self.next_version()
        now = self.clock.wall()
        claims = ContainmentClaims(SITE, order, account, tuple(spare), actions, version, now, ISSUER)
        return SignedDocument(order, self.signer.sign_containment(claims))

    def rule(self, *, stop: bool, post_types: tuple[str, ...] = (), orders: bool = False) -> SignedDocument:
        now = self.clock.wall()
        claims = ProtectionClaims(SITE, stop, post_types, orders, self.next_version(), now, ISSUER)
        return SignedDocument(SITE, self.signer.sign_protection(claims))
