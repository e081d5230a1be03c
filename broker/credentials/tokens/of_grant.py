"""Which tokens of a grant are out now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from broker.credentials.clients.tables import clients
from broker.credentials.tokens.tables import access_tokens
from broker.store import Reader


@dataclass(frozen=True)
class TokensOut:
    """``count`` tokens of one piece of software; ``bound`` whether they need a key; the last ends at ``until``."""

    software: str
    bound: bool
    count: int
    until: datetime


def tokens_out(reader: Reader, grant_id: str, *, most: int = 20) -> list[TokensOut]:
    """What could be used at ``reader.at`` if the grant is effective; the software with the latest first."""
    bound, until = access_tokens.c.jkt.is_not(None), func.max(access_tokens.c.expires_at)
    found = (
        select(clients.c.name, bound.label("bound"), func.count().label("many"), until.label("until"))
        .join(clients, clients.c.id == access_tokens.c.client_id)
        .where(
            access_tokens.c.grant_id == grant_id,
            access_tokens.c.expires_at > reader.at,
            access_tokens.c.revoked_at.is_(None),
            clients.c.disabled_at.is_(None),
        )
        .group_by(clients.c.id, clients.c.name, bound)
        .order_by(until.desc(), clients.c.name, bound)
        .limit(most)
    )
    return [TokensOut(row.name, bool(row.bound), row.many, row.until) for row in reader.all(found)]
