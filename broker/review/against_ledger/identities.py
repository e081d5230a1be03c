"""Whom a provider means: a row put there by hand would let its subject in as somebody else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from broker.identity.single_sign_on.identities import identity_mark
from broker.identity.single_sign_on.tables import sso_identities
from broker.ledger.entry import Entry
from broker.ledger.tables import ledger_entries
from broker.review.against_ledger.disagreement import Disagreement
from broker.review.against_ledger.told import told_of
from broker.store import Reader

_EVENTS = ("person.linked", "person.unlinked")


def look_at_identities(reader: Reader) -> Iterator[Disagreement]:
    """Each link to a provider's sign-in that the ledger tells otherwise, or not at all."""
    columns = (sso_identities.c.issuer, sso_identities.c.subject, sso_identities.c.person_id)
    found = reader.all(select(*columns))
    told = told_of(reader, ledger_entries.c.subject_id, {row.person_id for row in found}, _EVENTS)
    for row in found:
        if _last_told(told.get(row.person_id, ()), row.issuer) != identity_mark(row.issuer, row.subject):
            yield Disagreement(
                "sso_identities",
                row.person_id,
                "the ledger does not tell that this sign-in of the provider was linked.",
            )


def _last_told(entries: Sequence[Entry], issuer: str) -> object:
    mark: object = None
    for each in entries:
        if each.facts.get("issuer") == issuer:
            mark = each.facts.get("identity")
    return mark
