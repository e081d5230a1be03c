"""Grants, as the ledger has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from broker.access.grant import GrantState
from broker.access.scope_digest import scope_digest
from broker.access.tables import grants
from broker.ledger.entry import Entry
from broker.ledger.tables import ledger_entries
from broker.review.against_ledger.disagreement import Disagreement, compare
from broker.review.against_ledger.told import batches, gone, told_of
from broker.store import Reader

_STATES = {f"grant.{state}": state.value for state in GrantState}


def look_at_grants(reader: Reader) -> Iterator[Disagreement]:
    """A grant prolonged, revived, widened, moved to somebody else, made up or deleted."""
    for batch in batches(reader, grants):
        if isinstance(batch, Disagreement):
            yield batch
            continue
        told = told_of(reader, ledger_entries.c.grant_id, [row.id for row in batch], _STATES)
        for row in batch:
            yield from _grant(row, told.get(row.id, ()))
    yield from gone(reader, "grant.issued", ledger_entries.c.grant_id, grants.c.id)


def _grant(row: Row[Any], entries: Sequence[Entry]) -> Iterator[Disagreement]:
    if not entries or entries[0].event != "grant.issued":
        yield Disagreement("grants", row.id, "no entry of the ledger issued it.")
        return
    issued, facts = entries[0], entries[0].facts
    told = {
        "request_id": issued.request,
        "person_id": issued.subject,
        "entitlement": facts["entitlement"],
        "patient_id": facts["patient"],
        "site_id": facts["site"],
        "extends_grant": facts["extends"],
        "expires_at": datetime.fromisoformat(str(facts["expires_at"])),
        "state": _STATES[entries[-1].event],
        "cause": entries[-1].facts.get("cause"),
    }
    # Entries of an earlier version do not hold these.
    told |= {name: facts[name] for name in ("account", "scope_sha256") if name in facts}
    if "family_began_at" in facts:
        told["family_began_at"] = datetime.fromisoformat(str(facts["family_began_at"]))
    found = {**row._mapping, "scope_sha256": scope_digest(row.scope)}  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns
    yield from compare("grants", row.id, told, found)
