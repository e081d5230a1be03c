"""What a signed-in person allowed one piece of software, and the code that carries it there once."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select

from broker.clock import new_id
from broker.credentials.authorizing.tables import authorization_codes
from broker.credentials.clients.register import get_client
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Reader, Store, Transaction

LIFETIME = timedelta(seconds=60)
# Long enough that a code found in a log is still known as used.
KEPT_FOR = timedelta(days=1)
LONGEST = 100


@dataclass(frozen=True)
class Allowed:
    """``grant_id`` is the access that was chosen; without one, ``scopes`` say what the software may do as the person.

    ``challenge`` is the S256 code challenge (RFC 7636), ``jkt`` the thumbprint of the one key the token
    may be bound to (RFC 9449), ``acr``, ``amr`` and ``auth_time`` the sign-in it was allowed in.
    """

    client_id: str
    person_id: str
    session_id: str
    redirect_uri: str
    challenge: str
    jkt: str | None = None
    grant_id: str | None = None
    scopes: frozenset[str] = frozenset()
    acr: str | None = None
    amr: tuple[str, ...] = ()
    auth_time: datetime | None = None


@dataclass(frozen=True)
class Code:
    """A code that was handed out. ``jti`` is the token it became."""

    id: str
    allowed: Allowed
    expires_at: datetime
    used_at: datetime | None
    jti: str | None


def hand_out(tx: Transaction, ledger: Ledger, allowed: Allowed) -> str:
    """The code, for the client's redirect address and nothing else; good for 60 seconds."""
    code, code_id = secrets.token_urlsafe(32), new_id("code")
    values = vars(allowed) | {"scopes": sorted(allowed.scopes), "amr": list(allowed.amr)}
    row = {"id": code_id, "sha256": _digest(code), "made_at": tx.at, "expires_at": tx.at + LIFETIME}
    tx.execute(insert(authorization_codes).values(**values, **row))
    software, who = get_client(tx, allowed.client_id), allowed.person_id
    about = {"code": code_id, "client": software.id, "software": software.name}
    facts = about | {"scopes": sorted(allowed.scopes)}
    ledger.append(tx, Entry("code.allowed", who, grant=allowed.grant_id, subject=who, facts=facts))
    return code


def find_code(reader: Reader, text: str) -> Code | None:
    """The code as it stands, used or over or not; None when it was never handed out. Held until the transaction ends."""
    if len(text) > LONGEST:
        return None
    row = reader.one_or_none(
        select(authorization_codes).where(authorization_codes.c.sha256 == _digest(text)).with_for_update()
    )
    return None if row is None else _code(row)


def fits_challenge(verifier: str, challenge: str) -> bool:
    """Whether whoever knows ``verifier`` is who asked for the code (S256, the only way there is)."""
    digest = hashlib.sha256(verifier.encode("utf-8", "surrogatepass")).digest()
    made = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return secrets.compare_digest(made, challenge)


def forget_codes(store: Store) -> None:
    with store.write() as tx:
        old = authorization_codes.c.expires_at < tx.at - KEPT_FOR
        tx.execute(delete(authorization_codes).where(old))


def _code(row: Row[Any]) -> Code:
    kept = {name: getattr(row, name) for name in Allowed.__dataclass_fields__}
    allowed = Allowed(**kept | {"scopes": frozenset(row.scopes), "amr": tuple(row.amr)})
    return Code(row.id, allowed, row.expires_at, row.used_at, row.jti)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
