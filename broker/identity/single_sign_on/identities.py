"""Which person a provider means."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from broker.errors import Conflict
from broker.identity.people import Person, by_id
from broker.identity.single_sign_on.tables import sso_identities
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Reader, Transaction


def person_meant(reader: Reader, issuer: str, subject: str) -> Person | None:
    row = reader.one_or_none(
        select(sso_identities.c.person_id).where(
            sso_identities.c.issuer == issuer, sso_identities.c.subject == subject
        )
    )
    return None if row is None else by_id(reader, row.person_id)


def linked_to(reader: Reader, person_id: str, issuer: str) -> bool:
    """Whether one of the provider's sign-ins is this person already."""
    mine = (sso_identities.c.issuer == issuer, sso_identities.c.person_id == person_id)
    return reader.one_or_none(select(sso_identities.c.subject).where(*mine)) is not None


def link(
    tx: Transaction, ledger: Ledger, person_id: str, issuer: str, subject: str, *, how: str, actor: str
) -> None:
    """From now on the provider's ``subject`` is this person. Conflict when either is linked already."""
    mine = (sso_identities.c.person_id == person_id) | (sso_identities.c.subject == subject)
    if tx.one_or_none(
        select(sso_identities.c.person_id).where(sso_identities.c.issuer == issuer, mine).limit(1)
    ):
        raise Conflict(
            "This person or this sign-in is linked already.", help="Unlink it first: broker person unlink-sso"
        )
    row = {"issuer": issuer, "subject": subject, "person_id": person_id, "linked_at": tx.at}
    tx.execute(insert(sso_identities).values(row))
    facts = {"issuer": issuer, "identity": identity_mark(issuer, subject), "how": how}
    ledger.append(tx, Entry("person.linked", actor, subject=person_id, facts=facts))


def unlink(tx: Transaction, ledger: Ledger, person_id: str, issuer: str, *, actor: str) -> bool:
    """The provider means nobody by it any more; false when it did not. Sessions are the caller's to end."""
    gone = delete(sso_identities).where(
        sso_identities.c.issuer == issuer, sso_identities.c.person_id == person_id
    )
    if tx.execute(gone).rowcount == 0:
        return False
    ledger.append(tx, Entry("person.unlinked", actor, subject=person_id, facts={"issuer": issuer}))
    return True


def note_use(tx: Transaction, issuer: str, subject: str, at: datetime) -> None:
    mine = (sso_identities.c.issuer == issuer, sso_identities.c.subject == subject)
    tx.execute(update(sso_identities).where(*mine).values(last_at=at))


def identity_mark(issuer: str, subject: str) -> str:
    """16 hex characters for the ledger, which keeps no name a provider gives somebody."""
    return hashlib.sha256(f"{issuer}\0{subject}".encode()).hexdigest()[:16]
