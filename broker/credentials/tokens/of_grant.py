"""Which tokens of a grant are out now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from broker.credentials.clients.tables import clients
from broker.credentials.tokens.tables import access_tokens
from broker.store import Reader


@dataclass(frozen=True)
class TokenOut:
    """``client`` is the software's name; ``bound`` whether a key is needed to use it."""

    jti: str
    client: str
    bound: bool
    issued_at: datetime
    expires_at: datetime


def tokens_out(reader: Reader, grant_id: str, *, most: int = 20) -> list[TokenOut]:
    """The newest ``most`` that could be used at ``reader.at`` if the grant is effective."""
    columns = (
        access_tokens.c.jti,
        clients.c.name,
        access_tokens.c.jkt.is_not(None).label("bound"),
        access_tokens.c.issued_at,
        access_tokens.c.expires_at,
    )
    found = (
        select(*columns)
        .join(clients, clients.c.id == access_tokens.c.client_id)
        .where(
            access_tokens.c.grant_id == grant_id,
            access_tokens.c.expires_at > reader.at,
            access_tokens.c.revoked_at.is_(None),
            clients.c.disabled_at.is_(None),
        )
        .order_by(access_tokens.c.issued_at.desc(), access_tokens.c.jti)
        .limit(most)
    )
    return [
        TokenOut(row.jti, row.name, bool(row.bound), row.issued_at, row.expires_at)
        for row in reader.all(found)
    ]
