"""Who may sign in, and as what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, delete, exists, insert, select

from broker.clock import new_id
from broker.errors import Conflict, Invalid, NotFound
from broker.identity.email_key import checked_email, email_key, looks_like_email
from broker.identity.factors.passkeys.tables import passkeys
from broker.identity.tables import people, person_roles, totp_factors
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Reader, Transaction

LONGEST_NAME = 120


class Role(StrEnum):
    CLINICIAN = "clinician"
    APPROVER = "approver"
    REVIEWER = "reviewer"
    ADMIN = "admin"


@dataclass(frozen=True)
class Person:
    """``has_codes``: an authenticator app was enrolled and confirmed; ``has_passkey``: at least one is set up."""

    id: str
    email: str
    name: str
    roles: frozenset[Role]
    disabled: bool
    has_codes: bool
    has_passkey: bool
    added_at: datetime

    @property
    def has_factor(self) -> bool:
        """Whether the password alone opens nothing for this person any more."""
        return self.has_codes or self.has_passkey

    def is_(self, role: Role) -> bool:
        return role in self.roles


PERSON_COLUMNS = (
    people.c.id.label("person_id"),
    people.c.email,
    people.c.name,
    people.c.added_at,
    people.c.disabled_at,
    totp_factors.c.enrolled_at,
    exists()
    .where(passkeys.c.person_id == people.c.id, passkeys.c.removed_at.is_(None))
    .correlate(people)
    .label("has_passkey"),
    person_roles.c.role,
)
PERSON_TABLES = people.outerjoin(person_roles, person_roles.c.person_id == people.c.id).outerjoin(
    totp_factors, totp_factors.c.person_id == people.c.id
)


def person_from(rows: Sequence[Row[Any]]) -> Person:
    """The person that rows of PERSON_COLUMNS tell of: one row for each role."""
    first = rows[0]
    return Person(
        id=first.person_id,
        email=first.email,
        name=first.name,
        roles=frozenset(Role(row.role) for row in rows if row.role is not None),
        disabled=first.disabled_at is not None,
        has_codes=first.enrolled_at is not None,
        has_passkey=bool(first.has_passkey),
        added_at=first.added_at,
    )


def add_person(
    tx: Transaction, ledger: Ledger, *, email: str, name: str, roles: Iterable[Role], actor: str
) -> Person:
    """A new person without password or factor. Invalid for a bad field, Conflict when the mailbox has one."""
    shown, key, called = checked_email(email), email_key(email), _checked_name(name)
    if tx.one_or_none(select(people.c.id).where(people.c.email_key == key)):
        raise Conflict(
            "There is already a person with this email address, or with another spelling of it.",
            help="Find that person in the list of people and change their roles instead.",
        )
    person_id = new_id("person")
    tx.execute(insert(people).values(id=person_id, email=shown, email_key=key, name=called, added_at=tx.at))
    given = _put_roles(tx, person_id, roles)
    ledger.append(tx, Entry("person.added", actor, subject=person_id, facts={"roles": given}))
    return by_id(tx, person_id)


def set_roles(
    tx: Transaction, ledger: Ledger, person_id: str, roles: Iterable[Role], *, actor: str
) -> Person:
    """Roles as they shall be from now on; sessions that are open feel it at their next request."""
    before = by_id(tx, person_id)
    tx.execute(delete(person_roles).where(person_roles.c.person_id == person_id))
    given = _put_roles(tx, person_id, roles)
    facts = {"roles": given, "before": sorted(before.roles)}
    ledger.append(tx, Entry("person.roles_set", actor, subject=person_id, facts=facts))
    return by_id(tx, person_id)


def by_id(reader: Reader, person_id: str) -> Person:
    """NotFound when there is no such person; a disabled one is found."""
    found = _read(reader, _everyone().where(people.c.id == person_id))
    if not found:
        raise NotFound("There is no such person.")
    return found[0]


def by_email(reader: Reader, email: str) -> Person | None:
    """By any spelling of the mailbox; whatever was typed is only ever compared."""
    key = email_key(email)
    if not looks_like_email(key):
        return None
    found = _read(reader, _everyone().where(people.c.email_key == key))
    return found[0] if found else None


def everyone(reader: Reader) -> list[Person]:
    """By name, the disabled among them."""
    return _read(reader, _everyone())


def with_role(reader: Reader, role: Role) -> list[Person]:
    """Who holds ``role`` and is not disabled, by name: whom to notify."""
    holders = select(person_roles.c.person_id).where(person_roles.c.role == role.value)
    return _read(reader, _everyone().where(people.c.id.in_(holders), people.c.disabled_at.is_(None)))


def hold(tx: Transaction, person_id: str) -> bool:
    """Keep other transactions about this person waiting; false when there is none or they are disabled.

    SQLite has one writer anyway; elsewhere parallel tries would otherwise all see the count before the first.
    """
    row = tx.one_or_none(select(people.c.disabled_at).where(people.c.id == person_id).with_for_update())
    return row is not None and row.disabled_at is None


def _everyone() -> Select[Any]:
    return select(*PERSON_COLUMNS).select_from(PERSON_TABLES).order_by(people.c.name, people.c.id)


def _read(reader: Reader, statement: Select[Any]) -> list[Person]:
    rows = reader.all(statement)
    return [person_from(list(group)) for _, group in groupby(rows, key=lambda row: row.person_id)]


def _put_roles(tx: Transaction, person_id: str, roles: Iterable[Role]) -> list[str]:
    given = sorted({Role(role).value for role in roles})
    for role in given:
        tx.execute(insert(person_roles).values(person_id=person_id, role=role))
    return given


def _checked_name(name: str) -> str:
    called = " ".join(name.split())
    if not called or len(called) > LONGEST_NAME or not called.isprintable():
        sentence = f"Enter a name of at most {LONGEST_NAME} characters."
        raise Invalid(sentence, {"name": sentence})
    return called
