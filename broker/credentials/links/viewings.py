"""A viewing: one person looking at one recording or record under one grant, held by a cookie."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select

from broker.credentials.links.tables import viewings
from broker.store import Reader, Transaction

# (reader, grant id, instant) -> whether that grant gives access at that instant
GrantCheck = Callable[[Reader, str, datetime], bool]

_BY_COOKIE = select(viewings).where(viewings.c.secret_sha256 == bindparam("digest"))


@dataclass(frozen=True)
class Viewing:
    """Lasts exactly as long as its grant is effective, which is asked at every use."""

    link_id: str
    grant_id: str
    person_id: str
    holding_id: str
    opened_at: datetime


@dataclass(frozen=True)
class OpenedViewing:
    """A viewing and, this once, the value of the cookie that holds it. Only its digest is stored."""

    viewing: Viewing
    cookie_value: str = field(repr=False)


def open_viewing(tx: Transaction, viewing: Viewing) -> OpenedViewing:
    cookie_value = secrets.token_urlsafe(32)
    tx.execute(insert(viewings).values(secret_sha256=cookie_digest(cookie_value), **asdict(viewing)))
    return OpenedViewing(viewing, cookie_value)


def find_viewing(reader: Reader, cookie_value: str) -> Viewing | None:
    """The viewing a cookie holds, whether or not it still gives access."""
    row = reader.one_or_none(_BY_COOKIE, {"digest": cookie_digest(cookie_value)})
    return None if row is None else _viewing(row)


def may_view(
    reader: Reader,
    cookie_value: str,
    *,
    person_id: str,
    holding_id: str,
    grant_is_effective: GrantCheck,
) -> Viewing | None:
    """The viewing if it is this person's, of this holding, and its grant is effective at ``reader.at``."""
    viewing = find_viewing(reader, cookie_value)
    if viewing is None or (viewing.person_id, viewing.holding_id) != (person_id, holding_id):
        return None
    return viewing if grant_is_effective(reader, viewing.grant_id, reader.at) else None


def cookie_digest(cookie_value: str) -> str:
    """What is kept of a cookie's value."""
    return hashlib.sha256(cookie_value.encode(errors="replace")).hexdigest()


def _viewing(row: Row[Any]) -> Viewing:
    return Viewing(row.link_id, row.grant_id, row.person_id, row.holding_id, row.opened_at)
