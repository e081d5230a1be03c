"""What is wrong with a connected site, in words that say what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from broker.adapters.kind import limits_of
from broker.adapters.port import Adapter, Health, Observation
from broker.errors import BrokerError
from broker.sites.finding import Finding
from broker.sites.fitness import Expected, fitness
from broker.sites.readiness import account_findings
from broker.sites.register import Site
from broker.sites.standing import standing_findings

TOLERATED_SKEW = timedelta(seconds=5)


@dataclass(frozen=True)
class Examined:
    """``health`` is what the site said of itself, None when it did not: then ``fault`` is why."""

    findings: list[Finding]
    health: Health | None = None
    fault: BrokerError | None = None

    @property
    def well(self) -> bool:
        return all(finding.good for finding in self.findings)


def examine(
    site: Site, adapter_for: Callable[[Site], Adapter], now: datetime, expected: Expected
) -> Examined:
    """Ask the site about itself and its accounts, read back what it enforces, and hold policy against it."""
    here = list(fitness(site, expected))
    try:
        adapter = adapter_for(site)
        health, observed = adapter.health(), adapter.observe()
        accounts = list(account_findings(site, adapter, expected.logins))
    except BrokerError as error:
        return Examined([*here, Finding(good=False, words=f"{error} {error.help}")], fault=error)
    return Examined([*_site_findings(site, health, observed, now), *accounts, *here], health)


def _site_findings(site: Site, health: Health, observed: Observation, now: datetime) -> list[Finding]:
    limited = bool(limits_of(site.kind))
    return [
        Finding(good=True, words=f"{site.base_url} answers: {site.kind} {health.platform_version}."),
        Finding(good=True, words=_companion(health)),
        # Where nothing on the site ends a lease, its clock does not matter.
        *([] if limited else [_clock(health, now)]),
        *(Finding(good=False, words=problem) for problem in health.problems),
        Finding(good=True, words=f"{len(observed.active)} leases are enforced there now."),
        *standing_findings(observed),
    ]


def _companion(health: Health) -> str:
    if not health.companion_version:
        return "Nothing of ours is installed there."
    beside = f" Beside it: {', '.join(health.features)}." if health.features else ""
    return f"Companion {health.companion_version}, digest {health.companion_digest[:16]}.{beside}"


def _clock(health: Health, now: datetime) -> Finding:
    off = abs(health.site_time - now)
    if off <= TOLERATED_SKEW:
        return Finding(
            good=True, words=f"Its clock agrees with ours within {TOLERATED_SKEW.seconds} seconds."
        )
    words = f"Its clock is {off.total_seconds():.0f} seconds off. Leases end by its clock: set up NTP on the site."
    return Finding(good=False, words=words)
