"""A site's event as an entry of the ledger: what happened under a grant, or outside of any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from broker.access.tables import grants
from broker.adapters.companion.chain import Happening
from broker.ledger.body import instant
from broker.ledger.entry import Entry, Fact
from broker.ledger.facts import MAX_INTEGER
from broker.sites.tables import site_accounts
from broker.store import Reader

OURS = frozenset(
    {
        *("opened", "listed", "changed", "noted", "used", "exported", "denied", "signed_in"),
        *("lease_applied", "lease_ended", "contained", "events_lost", "left_out", "watch_began"),
    }
)
"""What the companion tells of access and of itself. Anything else that stands under no grant was done past the broker."""

SERIOUS = frozenset(
    {
        "role_changed",
        "user_created",
        "application_password_created",
        "application_password_changed",
        "api_key_created",
        "api_key_changed",
        "plugin_switched",
        "setting_changed",
        "files_changed",
        "left_out",
        "events_lost",
    }
)
"""What can open a way in, or hide one: administrators are told."""

OF_AN_ACCOUNT = frozenset({"password_changed", "email_changed"})
"""Serious where somebody did it to another's account that can do something."""

LONGEST_FACT = 200
MOST_FACTS = 20


@dataclass(frozen=True)
class Known:
    """The grants of this site among those named, by id with their holders, and whose account is whose."""

    holders: Mapping[str, str]
    people: Mapping[str, str]


def known_to(reader: Reader, site_id: str, happened: Sequence[Happening]) -> Known:
    named = {each.grant for each in happened if each.grant}
    here = (grants.c.site_id == site_id) & grants.c.id.in_(named)
    linked = select(site_accounts).where(site_accounts.c.site_id == site_id)
    return Known(
        {row.id: row.person_id for row in reader.all(select(grants.c.id, grants.c.person_id).where(here))},
        {row.account.casefold(): row.person_id for row in reader.all(linked)},
    )


def entry_for(site_id: str, happening: Happening, known: Known) -> Entry:
    """The site is believed in what it saw, not in whose grant it was: that has to be one of ours there."""
    holder = known.holders.get(happening.grant)
    facts: dict[str, Fact] = {
        "site": site_id,
        "seq": _whole(happening.seq),
        "kind": happening.kind,
        "account": _text(happening.account),
        "seen_at": instant(happening.at),
        "hash": happening.hash,
        "facts": _facts(happening.facts),
    }
    if happening.grant and holder is None:
        facts["under"] = _text(happening.grant)
    return Entry(
        "site.changed" if is_outside(happening) else "site.event",
        f"site:{site_id}",
        grant=happening.grant if holder is not None else None,
        subject=known.people.get(happening.account.casefold()) or holder,
        facts=facts,
    )


def is_outside(happening: Happening) -> bool:
    return not happening.grant and happening.kind not in OURS


def is_serious(happening: Happening) -> bool:
    """A site names whoever may do more than read; the others are its patients and customers, who come and go."""
    facts = happening.facts
    named = "subject" in facts or not str(facts.get("object", "")).startswith("user ")
    if happening.kind in OF_AN_ACCOUNT:
        return "subject" in facts and facts.get("by") != "self"
    return happening.kind in SERIOUS and named


def notice_of(site_id: str, happened: Sequence[Happening]) -> Entry | None:
    """One entry for all that is serious among them, so that a busy day is one mail and not a hundred."""
    serious = [each for each in happened if is_serious(each)]
    if not serious:
        return None
    facts: dict[str, Fact] = {
        "site": site_id,
        "count": len(serious),
        "kinds": sorted({each.kind for each in serious}),
        "first": _whole(serious[0].seq),
        "last": _whole(serious[-1].seq),
    }
    return Entry("site.changes_noticed", f"site:{site_id}", facts=facts)


def _facts(facts: Mapping[str, str | int]) -> dict[str, Fact]:
    first = list(facts.items())[:MOST_FACTS]
    return {name: _whole(value) if isinstance(value, int) else _text(value) for name, value in first}


def _whole(value: int) -> Fact:
    return value if abs(value) <= MAX_INTEGER else str(value)


def _text(value: str) -> str:
    return value[:LONGEST_FACT]
