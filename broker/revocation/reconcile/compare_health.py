"""What a site's companion says of itself, as drift."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from broker.adapters.port import Health
from broker.revocation.reconcile.drift import Drift, DriftKind

TOLERATED_SKEW = timedelta(seconds=15)
RESTORED = "restored"

COMPANION_MISSING = Drift(
    DriftKind.COMPANION_MISSING,
    "",
    "The site answers, but its companion does not: nobody can say what it lets in.",
    "Install the companion there or switch it on again, and find out who removed it. "
    "Switched off it opens nothing by itself.",
)


def compare_health(health: Health, now: datetime) -> list[Drift]:
    """``now`` is the machine's time at which the site answered."""
    return [*_unwell(health), *_clock(health, now)]


def is_restored(health: Health) -> bool:
    return RESTORED in health.words


def _unwell(health: Health) -> Iterator[Drift]:
    words = [*health.words, *["files"] * (len(health.problems) - len(health.words))]
    for word, sentence in zip(words, health.problems, strict=False):
        if word != RESTORED:
            yield Drift(DriftKind.COMPANION_UNWELL, word, sentence, "Somebody on the site has to do this.")


def _clock(health: Health, now: datetime) -> Iterator[Drift]:
    off = health.site_time - now
    # Where nothing on the site ends a lease, its clock does not matter.
    if health.companion_version and abs(off) > TOLERATED_SKEW:
        how = "ahead of" if off > timedelta() else "behind"
        yield Drift(
            DriftKind.CLOCK_OFF,
            "",
            f"The site's clock is {abs(off).total_seconds():.0f} seconds {how} the broker's. "
            "Leases end by the site's clock.",
            "Set both clocks by a time server (NTP).",
        )
