"""Challenges that say themselves what they are for.

A challenge is random bytes and an instant, signed together with its purpose and what
it is bound to. Making one writes nothing, so nobody can fill a table or use up a limit
by asking for them; only the use of one is written down, and it is used once.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, insert, select

from broker.identity.factors.passkeys.tables import used_challenges
from broker.identity.secret_box import SecretBox
from broker.store import Transaction

FRESH_FOR = timedelta(minutes=5)
_RANDOM, _INSTANT, _MAC = 16, 8, 32
_LENGTH = _RANDOM + _INSTANT + _MAC
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Purpose(StrEnum):
    REGISTER = "register"
    SIGN_IN = "sign_in"
    ACT = "act"


def make_challenge(box: SecretBox, purpose: Purpose, bound_to: str, now: datetime) -> bytes:
    """56 bytes good for one answer within ``FRESH_FOR``; ``bound_to`` is what the answer will be held against."""
    head = secrets.token_bytes(_RANDOM) + ((now - _EPOCH) // _MICROSECOND).to_bytes(_INSTANT, "big")
    return head + _mac(box, purpose, bound_to, head)


def is_ours(box: SecretBox, challenge: bytes, purpose: Purpose, bound_to: str) -> bool:
    """Whether this broker made ``challenge`` for exactly this."""
    if len(challenge) != _LENGTH:
        return False
    head, mac = challenge[:-_MAC], challenge[-_MAC:]
    return hmac.compare_digest(mac, _mac(box, purpose, bound_to, head))


def is_fresh(challenge: bytes, now: datetime) -> bool:
    """Of a challenge that is ours."""
    return timedelta(0) <= now - _made_at(challenge) < FRESH_FOR


def use_up(tx: Transaction, challenge: bytes, purpose: Purpose) -> bool:
    """False when it was used before. Of two transactions with one challenge exactly one gets True."""
    digest = hashlib.sha256(challenge).hexdigest()
    # A challenge that old is no longer fresh, so its use need not be remembered.
    tx.execute(delete(used_challenges).where(used_challenges.c.used_at < tx.at - 2 * FRESH_FOR))
    if tx.one_or_none(select(used_challenges.c.used_at).where(used_challenges.c.digest == digest)):
        return False
    # Whoever asks at the same instant waits for the person's row, which the caller holds; the key is the last guard.
    tx.execute(insert(used_challenges).values(digest=digest, purpose=purpose.value, used_at=tx.at))
    return True


def _made_at(challenge: bytes) -> datetime:
    return _EPOCH + int.from_bytes(challenge[_RANDOM : _RANDOM + _INSTANT], "big") * _MICROSECOND


def _mac(box: SecretBox, purpose: Purpose, bound_to: str, head: bytes) -> bytes:
    return bytes.fromhex(box.digest(f"{bound_to}\0{head.hex()}", f"passkey challenge {purpose.value}"))
