"""What a site shows, held against what was granted. Nothing is asked and nothing is done here.

A grant that moved since the site was asked is left alone: its lease may have
been there, or not, at that moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from broker.access.grant import Grant, GrantState
from broker.adapters.lease import EVERYONE
from broker.adapters.port import ActiveLease, Observation
from broker.revocation.reconcile.drift import Drift, DriftKind
from broker.revocation.reconcile.records import Records

# A lease about to end may be gone already by the site's clock.
ABOUT_TO_END = timedelta(seconds=60)


@dataclass(frozen=True)
class Look:
    """What a site showed, and the broker's own time before it was asked."""

    asked_at: datetime
    observed: Observation


def compare(records: Records, look: Look) -> list[Drift]:
    """Every difference in what is enforced, each once. Empty where everything is as it was granted."""
    found = [*_rolled_back(records, look.observed), *_records_older(records, look.observed)]
    found += _shown(records, look)
    if not is_behind(records, look.observed):
        found += _missing(records, look)
    return [*found, *_freezes(records, look.observed)]


def is_behind(records: Records, observed: Observation) -> bool:
    """Whether the site still has to be told what it forgot: until then it may enforce nothing."""
    return observed.mark < records.acknowledged or DriftKind.ROLLED_BACK in records.open


def knows_more(records: Records, observed: Observation) -> bool:
    """Whether the site was told things that these records never said."""
    versions = [lease.version for lease in observed.active.values()]
    return max([observed.mark, *versions]) > records.newest_version


def _rolled_back(records: Records, observed: Observation) -> Iterator[Drift]:
    if observed.mark < records.acknowledged:
        yield ROLLED_BACK


ROLLED_BACK = Drift(
    DriftKind.ROLLED_BACK,
    "",
    "The site is older than it was: its database was restored from a backup, or its table was edited.",
    "Send it every end again that it may have forgotten, then let it go on, then send it what is granted now.",
)


def _records_older(records: Records, observed: Observation) -> Iterator[Drift]:
    if knows_more(records, observed):
        yield Drift(
            DriftKind.RECORDS_OLDER,
            "",
            "This broker's database is older than what the site was told: was it restored from a backup?",
            "Nothing is taken back there that these records do not know. Look for a newer database; if there is "
            "none, confirm this, and what the site holds beyond these records can be ended.",
        )


def _shown(records: Records, look: Look) -> Iterator[Drift]:
    for lease in look.observed.active.values():
        grant = records.granted.get(lease.grant)
        if grant is None or grant.state is GrantState.ISSUED:
            yield _unknown(lease, in_ledger=grant is not None or lease.grant in records.told)
        elif grant.state is GrantState.REVOKED:
            if grant.revoked_at is not None and grant.revoked_at < look.asked_at:
                yield _ended(grant)
        elif grant.state is GrantState.ACTIVE and _differs(grant, lease):
            yield _wrong(grant, lease)


def _unknown(lease: ActiveLease, *, in_ledger: bool) -> Drift:
    known = (
        "but its row is gone or older than the ledger"
        if in_ledger
        else "and these records know nothing of it"
    )
    return Drift(
        DriftKind.UNKNOWN_ACTIVE,
        lease.grant,
        f"{lease.account} has access there that this broker signed, {known} ({lease.grant}).",
        "Find out first whether these records are what is missing. If they are right, end it.",
    )


def _ended(grant: Grant) -> Drift:
    return Drift(
        DriftKind.ENDED_BUT_ACTIVE,
        grant.id,
        f"The site lets {grant.account} in again by access that has ended ({grant.id}).",
        "Send its end again.",
        grant.id,
    )


def _differs(grant: Grant, lease: ActiveLease) -> bool:
    same_end = int(lease.expires_at.timestamp()) == int(grant.expires_at.timestamp())
    return not same_end or (lease.account, lease.version) != (grant.account, grant.lease_version)


def _wrong(grant: Grant, lease: ActiveLease) -> Drift:
    return Drift(
        DriftKind.WRONG_LEASE,
        grant.id,
        f"The site enforces another lease than the one granted ({grant.id}): for {lease.account}, version "
        f"{lease.version}, instead of {grant.account}, version {grant.lease_version}.",
        "Send the right lease again. If the site keeps the other, end this access.",
        grant.id,
    )


def _missing(records: Records, look: Look) -> Iterator[Drift]:
    for grant in records.granted.values():
        if _should_be_there(grant, look) and not _is_shut(records, look.observed, grant.account or ""):
            yield Drift(
                DriftKind.MISSING,
                grant.id,
                f"The site does not let {grant.account} in although access is granted and not over ({grant.id}).",
                "Send the lease again.",
                grant.id,
            )


def _should_be_there(grant: Grant, look: Look) -> bool:
    settled = grant.active_at is not None and grant.active_at < look.asked_at
    lasts = grant.expires_at > look.asked_at + ABOUT_TO_END
    return settled and lasts and grant.state is GrantState.ACTIVE and grant.id not in look.observed.active


def _is_shut(records: Records, observed: Observation, account: str) -> bool:
    state = observed.accounts.get(account)
    by_site = observed.everyone_frozen or (state is not None and state.frozen)
    return by_site or bool({account, EVERYONE} & (records.frozen | records.ordering))


def _freezes(records: Records, observed: Observation) -> Iterator[Drift]:
    for account in sorted(_lost_freezes(records, observed)):
        yield Drift(
            DriftKind.FREEZE_LOST,
            account,
            f"{_called(account)} should be shut out there, and is not.",
            "Order it again.",
        )
    for account in sorted(_frozen_outside(records, observed)):
        yield Drift(
            DriftKind.FROZEN_OUTSIDE,
            account,
            f"{_called(account)} is shut out there, and these records hold no order for it.",
            "Let the account in again.",
        )


def _lost_freezes(records: Records, observed: Observation) -> set[str]:
    if observed.everyone_frozen:
        return set()
    shut = {name.casefold() for name, state in observed.accounts.items() if state.frozen}
    lost = {each for each in records.frozen - records.ordering if each.casefold() not in shut}
    # An account may be among those that one answer does not hold.
    return lost & {EVERYONE} if observed.accounts_left_off else lost


def _frozen_outside(records: Records, observed: Observation) -> set[str]:
    if EVERYONE in records.frozen | records.ordering:
        return set()
    if observed.everyone_frozen:
        return {EVERYONE}
    ours = {each.casefold() for each in records.frozen | records.ordering}
    return {name for name, state in observed.accounts.items() if state.frozen and name.casefold() not in ours}


def _called(account: str) -> str:
    return "Everybody" if account == EVERYONE else account
