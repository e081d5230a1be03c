"""What the broker asks of any site, and nothing of how a kind of site does it.

Every call is batched, idempotent and safe to repeat after a time-out whose
effect is unknown. A call that could not be made raises
:class:`broker.errors.SiteError`; what a site said about one document of a batch
is in the answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

BATCH_LIMIT = 500
"""No call carries more documents, accounts or events than this."""


@dataclass(frozen=True)
class SignedDocument:
    """What the broker signed, as it travels: ``jws`` is compact JWS, stored verbatim by the site.

    ``id`` is what it speaks of: a grant for leases and revocations, an order for
    containment, the site itself for its protection.
    """

    id: str
    jws: str


def check_batch(documents: Sequence[SignedDocument]) -> None:
    """Raises ValueError on more than BATCH_LIMIT documents or two about one thing."""
    ids = {document.id for document in documents}
    if len(documents) > BATCH_LIMIT or len(ids) < len(documents):
        raise ValueError(f"a batch holds at most {BATCH_LIMIT} documents, each about something else")


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
class AccountState:
    """An account of the site that matters: it holds a lease, holds standing rights, or is frozen."""

    account: str
    roles: tuple[str, ...] = ()
    sessions: int = 0
    application_passwords: int = 0
    api_keys: int = 0
    frozen: bool = False


@dataclass(frozen=True)
class Observation:
    """What is really active, read from the site itself, and the site's own clock (UTC).

    ``mark`` is the highest document version the site remembers having been told
    of before this call; lower than once acknowledged, the site was restored
    from a backup. ``accounts_left_off`` counts those beyond what one answer holds.
    """

    active: Mapping[str, ActiveLease]
    site_time: datetime
    mark: int = 0
    accounts: Mapping[str, AccountState] = field(default_factory=dict)
    accounts_left_off: int = 0
    everyone_frozen: bool = False


@dataclass(frozen=True)
class SiteEvent:
    """One link of a site's chain of events, verbatim: ``hash`` is SHA-256 over the previous hash, LF, ``body``."""

    seq: int
    body: str
    hash: str


@dataclass(frozen=True)
class EventPage:
    """At most BATCH_LIMIT events that follow the asked one, and where the site says its chain ends."""

    events: Sequence[SiteEvent]
    head_seq: int
    head_hash: str


@dataclass(frozen=True)
class Health:
    """What ``broker doctor`` explains. ``problems`` are sentences with the next step in them.

    ``words`` are the same problems as the site said them. ``keys`` are the ids of
    the public keys by which the site knows its broker; empty where the kind of
    site knows none.
    """

    platform_version: str
    companion_version: str
    companion_digest: str
    site_time: datetime
    problems: Sequence[str] = field(default_factory=tuple)
    words: Sequence[str] = field(default_factory=tuple)
    keys: Sequence[str] = field(default_factory=tuple)
    features: Sequence[str] = field(default_factory=tuple)
    mark: int = 0


class Adapter(Protocol):
    """One connected site."""

    def apply(self, leases: Sequence[SignedDocument]) -> Mapping[str, Outcome]:
        """Make each lease enforceable; answers by grant id."""
        ...

    def revoke(self, revocations: Sequence[SignedDocument]) -> Mapping[str, Outcome]:
        """End each grant now; an unknown grant gets a tombstone and counts as done."""
        ...

    def contain(self, orders: Sequence[SignedDocument]) -> Mapping[str, Outcome]:
        """Freeze or release accounts, end their sessions, delete what lets them in; answers by order id."""
        ...

    def protect(self, rule: SignedDocument) -> Outcome:
        """Set the site's standing rule, which outlives every grant."""
        ...

    def observe(self) -> Observation:
        """Read back what the site enforces now, and who could get in anyway."""
        ...

    def events(self, after: int) -> EventPage:
        """What happened on the site after event ``after`` (0: from the beginning)."""
        ...

    def resume(self) -> None:
        """Let a site enforce leases again after it was restored and everything was sent to it anew."""
        ...

    def health(self) -> Health:
        """Versions, clock, the companion's own digest, and what is wrong."""
        ...

    def readiness(self, accounts: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """What would keep each account from being used, as words; nothing when it is ready."""
        ...

    def effective(self, scope: Mapping[str, Any]) -> tuple[str, ...]:
        """Everything ``scope`` really opens, in the site's own names, for whoever decides about it."""
        ...

    def entrance(self, scope: Mapping[str, Any]) -> str:
        """The address where somebody who holds ``scope`` finds what it opens; asks nobody, names no patient."""
        ...
