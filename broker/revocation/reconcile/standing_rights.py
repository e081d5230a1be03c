"""Who could get in anyway, held against the last look: for sites that keep no record of what is changed there.

A role the broker itself lent or took back since is no change: such an account
keeps what was last known of it until nothing of ours is under way there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from broker.access.grant import GrantState
from broker.access.tables import grants
from broker.adapters.port import Observation
from broker.ledger.body import instant
from broker.ledger.entry import Entry
from broker.store import Reader

Roles = Mapping[str, str]


@dataclass(frozen=True)
class Change:
    account: str
    before: str
    after: str


def roles_now(observed: Observation, before: Roles | None, ours: Collection[str]) -> dict[str, str]:
    """By account, what it may do by itself; ``ours`` are accounts with access of ours under way."""
    shown = {name: ",".join(sorted(state.roles)) for name, state in observed.accounts.items()}
    now = {name: roles for name, roles in shown.items() if name.casefold() not in ours}
    kept = {
        name: roles
        for name, roles in (before or {}).items()
        if name.casefold() in ours or (observed.accounts_left_off and name not in now)
    }
    return now | kept


def changes(before: Roles, after: Roles) -> list[Change]:
    names = sorted(before.keys() | after.keys())
    found = (Change(name, before.get(name, ""), after.get(name, "")) for name in names)
    return [change for change in found if change.before != change.after]


def accounts_under_way(reader: Reader, site_id: str, since: datetime | None) -> set[str]:
    """Accounts with a grant there that has not ended, or that ended after the last look."""
    open_ = grants.c.state != GrantState.REVOKED
    lately = open_ if since is None else open_ | (grants.c.revoked_at >= since)
    here = select(grants.c.account).where(grants.c.site_id == site_id, lately).distinct()
    return {str(row.account).casefold() for row in reader.all(here)}


def entry_of(site_id: str, change: Change, at: datetime) -> Entry:
    facts = {"subject": change.account, "from": change.before, "to": change.after, "found": "afterwards"}
    about = {"site": site_id, "kind": "role_changed", "account": "", "seen_at": instant(at), "facts": facts}
    return Entry("site.changed", f"site:{site_id}", facts=about)


def notice_of(site_id: str, found: list[Change]) -> Entry:
    """One entry for all of them, so that it is one mail."""
    facts = {"site": site_id, "count": len(found), "kinds": ["role_changed"]}
    return Entry("site.changes_noticed", f"site:{site_id}", facts=facts)
