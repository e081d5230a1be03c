"""What the broker asks of any site, and nothing of how a kind of site does it.

Every call is batched, idempotent and safe to repeat after a time-out whose
effect is unknown. A call that could not be made raises
:class:`broker.errors.SiteError`; what a site said about one grant of a batch is
in the answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

BATCH_LIMIT = 500
"""No call carries more documents than this."""


@dataclass(frozen=True)
class SignedDocument:
    """A lease or a revocation as it travels: ``jws`` is compact JWS, stored verbatim by the site."""

    grant: str
    jws: str


class Answer(StrEnum):
    """What a site said about one document of a batch."""

    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True)
class Outcome:
    """``reason`` is the site's machine-readable word when it refused, empty otherwise."""

    answer: Answer
    reason: str = ""


@dataclass(frozen=True)
class ActiveLease:
    """One lease the site is enforcing at the moment it was asked."""

    grant: str
    account: str
    version: int
    expires_at: datetime


@dataclass(frozen=True)
class Observation:
    """What is really active, read from the site itself, and the site's own clock (UTC)."""

    active: Mapping[str, ActiveLease]
    site_time: datetime


@dataclass(frozen=True)
class Health:
    """What ``broker doctor`` explains. ``problems`` are sentences with the next step in them."""

    platform_version: str
    companion_version: str
    companion_digest: str
    site_time: datetime
    problems: Sequence[str] = field(default_factory=tuple)


class Adapter(Protocol):
    """One connected site."""

    def apply(self, leases: Sequence[SignedDocument]) -> Mapping[str, Outcome]:
        """Make each lease enforceable; answers by grant id."""
        ...

    def revoke(self, revocations: Sequence[SignedDocument]) -> Mapping[str, Outcome]:
        """End each grant now; an unknown grant gets a tombstone and counts as done."""
        ...

    def observe(self) -> Observation:
        """Read back what the site enforces now."""
        ...

    def health(self) -> Health:
        """Versions, clock, the companion's own digest, and what is wrong."""
        ...

    def entrance(self, scope: Mapping[str, Any]) -> str:
        """The address where somebody who holds ``scope`` finds what it opens; asks nobody, names no patient."""
        ...
