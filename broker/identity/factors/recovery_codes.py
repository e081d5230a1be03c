"""Ten codes on paper for the day the phone is gone; each works once."""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy import delete, func, insert, select, update

from broker.identity.factors.refusal import Reason, Refusal
from broker.identity.factors.typed_code import normalise
from broker.identity.tables import recovery_codes
from broker.store import Reader, Transaction

HOW_MANY = 10
_GROUPS, _GROUP = 6, 4
# Crockford's alphabet: nothing in it is mistaken for something else in it.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("OIL", "011")


def make_codes(tx: Transaction, person_id: str) -> tuple[str, ...]:
    """Ten new codes, to be shown once, in groups of four; all earlier ones stop working."""
    codes = tuple(_new_code() for _ in range(HOW_MANY))
    tx.execute(delete(recovery_codes).where(recovery_codes.c.person_id == person_id))
    for code in codes:
        tx.execute(insert(recovery_codes).values(person_id=person_id, digest=_digest(code), made_at=tx.at))
    return codes


def consume(tx: Transaction, person_id: str, code: str) -> Refusal | None:
    """Use ``code`` up, for this transaction alone; None when it was accepted."""
    mine = (recovery_codes.c.person_id == person_id, recovery_codes.c.digest == _digest(code))
    spent = tx.execute(
        update(recovery_codes).where(*mine, recovery_codes.c.used_at.is_(None)).values(used_at=tx.at)
    )
    if spent.rowcount == 1:
        return None
    known = tx.one_or_none(select(recovery_codes.c.used_at).where(*mine))
    return Refusal(Reason.WRONG if known is None else Reason.SPENT)


def how_many_left(reader: Reader, person_id: str) -> int:
    unused = (recovery_codes.c.person_id == person_id, recovery_codes.c.used_at.is_(None))
    return int(reader.execute(select(func.count()).where(*unused)).scalar_one())


def _new_code() -> str:
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))


def _digest(code: str) -> str:
    # 24 characters of 5 bits are 120 random bits: there is nothing to guess, so a plain hash is
    # enough (ASVS 6.5.2 asks for a slow one below 112 bits) and ten slow ones do not hold a transaction.
    return hashlib.sha256(normalise(code).translate(_MISREAD).encode("utf-8", "surrogatepass")).hexdigest()
