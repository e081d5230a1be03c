"""Passwords: what is accepted, how they are kept, how they are checked."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, insert, select, update

from broker.identity.signing_in.password_rules import LONGEST, check_choice
from broker.identity.tables import passwords
from broker.store import Reader, Transaction

FIRST_PASSWORD_LIMIT = timedelta(hours=72)
"""A password that somebody else knows, because they chose it, is good for so long."""

_HASHER = PasswordHasher()
# The hash of something nobody knows: checking against it costs what checking a real one costs,
# so that an unknown email is not answered sooner than a wrong password.
NOBODYS_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$dmSpWScEetSEZg4mDZvgvQ$tGbVh5BJta9xAD7jGfM/dNgPXVpBZ1HDmPtYdaYFDp0"
)


def hash_password(password: str, about: Iterable[str] = ()) -> str:
    """Argon2id in PHC form; about a tenth of a second, so call it outside a transaction.

    ``about`` are words one would try for this person. Invalid for what is too short or guessed too soon.
    """
    prepared = _prepared(password)
    check_choice(prepared, about)
    return _HASHER.hash(_bytes(prepared))


def matches(password: str, stored: str | None) -> bool:
    """Whether ``password`` is the one kept; the same work when nothing is kept."""
    prepared = _prepared(password[: LONGEST + 1])
    try:
        right = _HASHER.verify(stored or NOBODYS_HASH, _bytes(prepared))
    except (VerificationError, InvalidHashError):
        return False
    return right and stored is not None and len(prepared) <= LONGEST


def renewed(password: str, stored: str) -> str | None:
    """A fresh hash when ``stored`` was made with weaker settings than today's, otherwise None."""
    return _HASHER.hash(_bytes(_prepared(password))) if _HASHER.check_needs_rehash(stored) else None


def kept_hash(reader: Reader, person_id: str) -> str | None:
    row = reader.one_or_none(select(passwords.c.hash).where(passwords.c.person_id == person_id))
    return None if row is None else str(row.hash)


def keep_hash(tx: Transaction, person_id: str, hashed: str, *, chosen_by_other: bool = False) -> None:
    """``chosen_by_other``: it lets its person in for a while, to choose one of their own."""
    until = tx.at + FIRST_PASSWORD_LIMIT if chosen_by_other else None
    tx.execute(delete(passwords).where(passwords.c.person_id == person_id))
    tx.execute(insert(passwords).values(person_id=person_id, hash=hashed, changed_at=tx.at, good_until=until))


def renew_hash(tx: Transaction, person_id: str, hashed: str) -> None:
    """The same password under a stronger hash; how long it is good for stays."""
    tx.execute(update(passwords).where(passwords.c.person_id == person_id).values(hash=hashed))


def good_until(reader: Reader, person_id: str) -> datetime | None:
    """When a password that somebody else chose stops working; None for one's own, or for none."""
    row = reader.one_or_none(select(passwords.c.good_until).where(passwords.c.person_id == person_id))
    return None if row is None else row.good_until


def _prepared(password: str) -> str:
    # One keyboard sends an umlaut as one character, another as two: the same password.
    return unicodedata.normalize("NFKC", password)


def _bytes(prepared: str) -> bytes:
    return prepared.encode("utf-8", "surrogatepass")
