"""One-time codes (RFC 6238: SHA-1, six digits, 30 seconds, what every app speaks)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
from pyotp.exceptions import OTPVerificationError
from sqlalchemy import select, update

from broker.errors import NotFound
from broker.identity.factors.refusal import Reason, Refusal
from broker.identity.factors.typed_code import normalise
from broker.identity.secret_box import SecretBox
from broker.identity.tables import totp_factors
from broker.store import Reader, Transaction

DIGITS = 6
STEP = timedelta(seconds=30)
# One step either side: a phone's clock that is a little off, and a code typed slowly.
WINDOW = 1


def is_totp(code: str) -> bool:
    """Whether what was typed has the form of a one-time code."""
    plain = normalise(code)
    return len(plain) == DIGITS and plain.isdigit()


def matching_step(secret: str, code: str, wall: datetime) -> int | None:
    """The time step near ``wall`` that ``code`` belongs to."""
    if not is_totp(code):
        return None
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(normalise(code), for_time=wall, valid_window=WINDOW)
    except OTPVerificationError:
        return None


def consume(tx: Transaction, box: SecretBox, person_id: str, code: str, wall: datetime) -> Refusal | None:
    """Use ``code`` up, for this transaction alone; None when it was accepted.

    Of two transactions with one code exactly one updates the row: the condition
    is in the UPDATE itself. When the caller's transaction is rolled back the code
    was never used.
    """
    secret = secret_of(tx, box, person_id)
    if secret is None:
        return Refusal(Reason.NO_FACTOR)
    step = matching_step(secret, code, wall)
    if step is None:
        return Refusal(Reason.WRONG)
    advanced = tx.execute(
        update(totp_factors)
        .where(totp_factors.c.person_id == person_id, totp_factors.c.last_step < step)
        .values(last_step=step)
    )
    if advanced.rowcount == 1:
        return None
    return Refusal(Reason.USED, wait=_until_next(last_step(tx, person_id), wall))


def secret_of(reader: Reader, box: SecretBox, person_id: str) -> str | None:
    """The base32 secret in use, or None before the first enrolment."""
    row = reader.one_or_none(select(totp_factors.c.sealed).where(totp_factors.c.person_id == person_id))
    if row is None or row.sealed is None:
        return None
    return box.open(row.sealed, sealed_about(person_id)).decode()


def sealed_about(person_id: str) -> str:
    return f"totp:{person_id}"


def last_step(reader: Reader, person_id: str) -> int:
    row = reader.one_or_none(select(totp_factors.c.last_step).where(totp_factors.c.person_id == person_id))
    if row is None:
        raise NotFound("No one-time code is set up for this person.")
    return int(row.last_step)


def step_at(wall: datetime) -> int:
    return int(wall.timestamp()) // int(STEP.total_seconds())


def step_begins(step: int) -> datetime:
    return datetime.fromtimestamp(step * STEP.total_seconds(), UTC)


def _until_next(last: int, wall: datetime) -> timedelta:
    """How long until a phone shows a code of a later step than ``last``."""
    return max(step_begins(last + 1) - wall, timedelta(0))
