"""The passkeys a person has."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from broker.identity.factors.passkeys.tables import passkeys
from broker.identity.secret_box import SecretBox
from broker.store import Reader

LONGEST_NAME = 60


@dataclass(frozen=True)
class Passkey:
    """``backed_up``: its maker keeps it on several devices of the person's."""

    id: str
    person_id: str
    name: str
    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...]
    aaguid: str
    backed_up: bool
    made_at: datetime
    last_used_at: datetime | None


def passkeys_of(reader: Reader, person_id: str) -> list[Passkey]:
    """Those that open something, the oldest first."""
    own = _live().where(passkeys.c.person_id == person_id).order_by(passkeys.c.made_at, passkeys.c.id)
    return [_from(row) for row in reader.all(own)]


def passkey_by_credential(reader: Reader, box: SecretBox, credential_id: bytes) -> Passkey | None:
    """None when there is none, when it was removed, and when its row was not written by this broker."""
    digest = credential_digest(credential_id)
    row = reader.one_or_none(_live().where(passkeys.c.credential_digest == digest))
    if row is None:
        return None
    found = _from(row)
    mark = mark_of(box, found.id, found.person_id, found.credential_id, found.public_key)
    genuine = found.credential_id == credential_id and hmac.compare_digest(mark, row.mark)
    return found if genuine else None


def credential_digest(credential_id: bytes) -> str:
    return hashlib.sha256(credential_id).hexdigest()


def mark_of(box: SecretBox, passkey_id: str, person_id: str, credential_id: bytes, public_key: bytes) -> str:
    """What only the broker can write beside a passkey: whose it is, and its key."""
    said = f"{passkey_id}\0{person_id}\0{credential_id.hex()}\0{public_key.hex()}"
    return box.digest(said, "passkey row")


def checked_name(name: str, otherwise: str) -> str:
    """As it will be shown in a list: printable, one line, never empty."""
    plain = "".join(letter if letter.isprintable() else " " for letter in name[: LONGEST_NAME * 4])
    return " ".join(plain.split())[:LONGEST_NAME].strip() or otherwise[:LONGEST_NAME]


def _live() -> Any:
    return select(passkeys).where(passkeys.c.removed_at.is_(None))


def _from(row: Row[Any]) -> Passkey:
    return Passkey(
        id=row.id,
        person_id=row.person_id,
        name=row.name,
        credential_id=row.credential_id,
        public_key=row.public_key,
        sign_count=row.sign_count,
        transports=tuple(row.transports),
        aaguid=row.aaguid,
        backed_up=row.backed_up,
        made_at=row.made_at,
        last_used_at=row.last_used_at,
    )
