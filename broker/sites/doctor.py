"""What is wrong with a connected site, in words that say what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from broker.adapters.port import Adapter, Health
from broker.errors import BrokerError, CompanionMissing
from broker.sites.register import Site

TOLERATED_SKEW = timedelta(seconds=5)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; ``words`` say what was found and, when it is bad, what to do."""

    good: bool
    words: str


def examine(site: Site, adapter: Adapter, now: datetime, linked_accounts: int) -> list[Finding]:
    """Ask the site about itself and read back what it enforces."""
    try:
        health = adapter.health()
        observed = adapter.observe()
    except CompanionMissing as error:
        return [
            Finding(good=True, words=f"{site.base_url} answers."),
            Finding(good=False, words=_said(error)),
        ]
    except BrokerError as error:
        return [Finding(good=False, words=_said(error))]
    return [
        Finding(good=True, words=f"{site.base_url} answers: {site.kind} {health.platform_version}."),
        Finding(
            good=True, words=f"Companion {health.companion_version}, digest {health.companion_digest[:16]}."
        ),
        _clock(health, now),
        *(Finding(good=False, words=problem) for problem in health.problems),
        Finding(good=True, words=f"{len(observed.active)} leases are enforced there now."),
        _accounts(site, linked_accounts),
    ]


def _clock(health: Health, now: datetime) -> Finding:
    off = abs(health.site_time - now)
    if off <= TOLERATED_SKEW:
        return Finding(
            good=True, words=f"Its clock agrees with ours within {TOLERATED_SKEW.seconds} seconds."
        )
    words = f"Its clock is {off.total_seconds():.0f} seconds off. Leases end by its clock: set up NTP on the site."
    return Finding(good=False, words=words)


def _accounts(site: Site, linked: int) -> Finding:
    if linked:
        who = "1 person has" if linked == 1 else f"{linked} people have"
        return Finding(good=True, words=f"{who} an account linked there.")
    words = f"Nobody has an account linked there. Run: broker site link-account {site.id} EMAIL LOGIN"
    return Finding(good=False, words=words)


def _said(error: BrokerError) -> str:
    return f"{error} {error.help}"
