"""One way in which a site differs from the broker's records."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DriftKind(StrEnum):
    ENDED_BUT_ACTIVE = "ended_but_active"
    UNKNOWN_ACTIVE = "unknown_active"
    MISSING = "missing"
    WRONG_LEASE = "wrong_lease"
    FREEZE_LOST = "freeze_lost"
    FROZEN_OUTSIDE = "frozen_outside"
    ROLLED_BACK = "rolled_back"
    RECORDS_OLDER = "records_older"
    COMPANION_MISSING = "companion_missing"
    COMPANION_UNWELL = "companion_unwell"
    CLOCK_OFF = "clock_off"
    EVENTS_BROKEN = "events_broken"
    UNPROTECTED = "unprotected"


ALARMS = frozenset(
    {
        DriftKind.UNKNOWN_ACTIVE,
        DriftKind.ROLLED_BACK,
        DriftKind.RECORDS_OLDER,
        DriftKind.COMPANION_MISSING,
        DriftKind.EVENTS_BROKEN,
        DriftKind.FREEZE_LOST,
    }
)
"""Administrators get a mail at once."""

ALWAYS = frozenset({DriftKind.ENDED_BUT_ACTIVE, DriftKind.FREEZE_LOST, DriftKind.ROLLED_BACK})
"""Put right unasked whatever policy says: each only takes access away that has ended, or a site back to that."""

SEEN_BY_LISTING = frozenset(
    {
        DriftKind.ENDED_BUT_ACTIVE,
        DriftKind.UNKNOWN_ACTIVE,
        DriftKind.MISSING,
        DriftKind.WRONG_LEASE,
        DriftKind.FREEZE_LOST,
        DriftKind.FROZEN_OUTSIDE,
        DriftKind.COMPANION_MISSING,
    }
)
"""Gone once a site lists what it enforces and shows nothing of it."""

SEEN_BY_HEALTH = frozenset({DriftKind.COMPANION_UNWELL, DriftKind.CLOCK_OFF})

ACTS = {
    DriftKind.ENDED_BUT_ACTIVE: "End it again",
    DriftKind.UNKNOWN_ACTIVE: "End it",
    DriftKind.MISSING: "Send the lease again",
    DriftKind.WRONG_LEASE: "Send the right lease",
    DriftKind.FREEZE_LOST: "Shut out again",
    DriftKind.FROZEN_OUTSIDE: "Let in again",
    DriftKind.ROLLED_BACK: "Send everything again",
    # Nothing on a site can show that these are over: a person says so, and is named in the ledger.
    DriftKind.RECORDS_OLDER: "Confirm",
    DriftKind.EVENTS_BROKEN: "Confirm",
}
"""What the button that does it says; the rest only somebody on the site can put right."""

NOT_BY_US = frozenset(DriftKind) - ACTS.keys()


@dataclass(frozen=True)
class Drift:
    """``subject`` is a grant, an account or nothing; ``proposal`` is what would be done, or who has to do what.

    ``grant`` is set where the broker's records hold that grant.
    """

    kind: DriftKind
    subject: str
    sentence: str
    proposal: str
    grant: str | None = None

    @property
    def key(self) -> tuple[DriftKind, str]:
        return self.kind, self.subject
