"""What a site in memory has against a lease, in the order a companion looks."""

from __future__ import annotations

from broker.adapters.lease import LeaseClaims


def against(lease: LeaseClaims, held: LeaseClaims | None) -> str:
    """Against ``lease`` while the site holds ``held`` of the same grant; '' for nothing."""
    if held is None or held == lease:
        return ""
    if held.account != lease.account:
        return "account_changed"
    if held.version == lease.version:
        return "version_conflict"
    return "stale_version" if held.version > lease.version else ""
