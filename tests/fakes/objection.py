"""What a site in memory has against a lease, in the order a companion looks, and an adapter against a batch."""

from __future__ import annotations

from collections.abc import Sequence

from broker.adapters.lease import LeaseClaims
from broker.adapters.port import BATCH_LIMIT, SignedDocument


def against(lease: LeaseClaims, held: LeaseClaims | None) -> str:
    """Against ``lease`` while the site holds ``held`` of the same grant; '' for nothing."""
    if held is None or held == lease:
        return ""
    if held.account != lease.account:
        return "account_changed"
    if held.version == lease.version:
        return "version_conflict"
    return "stale_version" if held.version > lease.version else ""


def within_limits(documents: Sequence[SignedDocument]) -> None:
    if len(documents) > BATCH_LIMIT or len({document.id for document in documents}) < len(documents):
        raise ValueError(f"a batch holds at most {BATCH_LIMIT} documents, each about something else")
