"""Passwords: what is accepted, how they are kept, how they are checked."""

from __future__ import annotations

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, insert, select

from broker.errors import Invalid
from broker.identity.tables import passwords
from broker.store import Reader, Transaction

SHORTEST = 12
LONGEST = 256

_HASHER = PasswordHasher()
# The hash of something nobody knows: checking against it costs what checking a real one costs,
# so that an unknown email is not answered sooner than a wrong password.
NOBODYS_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$dmSpWScEetSEZg4mDZvgvQ$tGbVh5BJta9xAD7jGfM/dNgPXVpBZ1HDmPtYdaYFDp0"
)


def hash_password(password: str) -> str:
    """Argon2id in PHC form; about a tenth of a second, so call it outside a transaction. Invalid if too short."""
    prepared = _prepared(password)
    if not SHORTEST <= len(prepared) <= LONGEST:
        size = "short" if len(prepared) < SHORTEST else "long"
        sentence = (
            f"This password is too {size}. Use {SHORTEST} to {LONGEST} characters; a few words are fine."
        )
        raise Invalid(sentence, {"password": sentence})
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


def keep_hash(tx: Transaction, person_id: str, hashed: str) -> None:
    tx.execute(delete(passwords).where(passwords.c.person_id == person_id))
    tx.execute(insert(passwords).values(person_id=person_id, hash=hashed, changed_at=tx.at))


def _prepared(password: str) -> str:
    # One keyboard sends an umlaut as one character, another as two: the same password.
    return unicodedata.normalize("NFKC", password)


def _bytes(prepared: str) -> bytes:
    return prepared.encode("utf-8", "surrogatepass")
