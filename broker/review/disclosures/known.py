"""What the ledger saw under some grants, and what their holders are here: one question each, however many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, func, select

from broker.identity.tables import person_roles
from broker.ledger.tables import ledger_entries
from broker.store import Reader

OPENED = ("link.exchanged", "site.event")


def opened_under(reader: Reader, grant_ids: Collection[str]) -> Mapping[str, Row[Any]]:
    """By grant: how many times, the first and the last time something was seen to be opened."""
    entry = ledger_entries.c
    seen = select(
        entry.grant_id,
        func.count().label("times"),
        func.min(entry.at).label("first"),
        func.max(entry.at).label("last"),
    )
    mine = entry.grant_id.in_(grant_ids) & entry.event.in_(OPENED)
    return {row.grant_id: row for row in reader.all(seen.where(mine).group_by(entry.grant_id))}


def roles_held(reader: Reader, ids: Collection[str]) -> Mapping[str, Sequence[str]]:
    """By person: the codes of the roles they hold now."""
    held: dict[str, list[str]] = defaultdict(list)
    mine = select(person_roles).where(person_roles.c.person_id.in_(ids)).order_by(person_roles.c.role)
    for row in reader.all(mine):
        held[row.person_id].append(row.role)
    return held
