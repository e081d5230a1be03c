"""Secrets that software shows: shown once by us, kept as a digest.

A secret is 256 random bits that nobody chose, so there is nothing to guess that a
slow hash would slow down; and the token endpoint must answer fast, also under a flood.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import bindparam, or_, select, update

from broker.credentials.clients.register import AuthMethod, get_client
from broker.credentials.clients.tables import client_secrets
from broker.errors import Invalid
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Reader, Transaction, UTCDateTime

# Scanners that look for secrets in repositories and logs find this.
PREFIX = "ebcs_"
LONGEST = 200
AT_ONCE = timedelta()
LONGEST_OVERLAP = timedelta(days=7)

# Asked at every call of every client: putting the statement together takes longer than the answer.
_WORKS = select(client_secrets.c.sha256).where(
    client_secrets.c.sha256 == bindparam("shown"),
    client_secrets.c.client_id == bindparam("client"),
    or_(client_secrets.c.ends_at.is_(None), client_secrets.c.ends_at > bindparam("now", type_=UTCDateTime)),
)


def give_secret(
    tx: Transaction, ledger: Ledger, client_id: str, *, actor: str, old_for: timedelta = AT_ONCE
) -> str:
    """A new secret, never to be read again. Earlier ones end after ``old_for``, at most seven days."""
    if get_client(tx, client_id).auth_method is not AuthMethod.SECRET:
        raise Invalid("This client does not use a secret.", help="Set its keys with: broker client set-keys")
    if not timedelta() <= old_for <= LONGEST_OVERLAP:
        raise Invalid(f"An old secret works on for at most {LONGEST_OVERLAP.days} days.")
    _end_earlier(tx, client_id, old_for)
    secret = PREFIX + secrets.token_urlsafe(32)
    tx.execute(client_secrets.insert().values(sha256=digest_of(secret), client_id=client_id, made_at=tx.at))
    facts = {"client": client_id, "old_for_s": int(old_for.total_seconds())}
    ledger.append(tx, Entry("client.secret_given", actor, facts=facts))
    return secret


def secret_is_right(reader: Reader, client_id: str, secret: str) -> bool:
    """Whether ``secret`` works for this client now; whatever was sent is only ever compared."""
    if len(secret) > LONGEST:
        return False
    asked = {"shown": digest_of(secret), "client": client_id, "now": reader.at}
    return reader.one_or_none(_WORKS, asked) is not None


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _end_earlier(tx: Transaction, client_id: str, old_for: timedelta) -> None:
    ends_at = tx.at + old_for
    own = client_secrets.c.client_id == client_id
    later = or_(client_secrets.c.ends_at.is_(None), client_secrets.c.ends_at > ends_at)
    tx.execute(update(client_secrets).where(own, later).values(ends_at=ends_at))
