"""Forgets tokens that nobody can still believe in."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select

from broker.credentials.tokens.tables import access_tokens
from broker.store import Store

# Far past any leeway of a checker's clock, and long enough for whoever looks into an incident.
KEPT_PAST_END = timedelta(days=1)
# So that many at once keep no other writer waiting.
_AT_ONCE = 1000


def forget_tokens(store: Store) -> int:
    """Delete rows of tokens that ended ``KEPT_PAST_END`` ago; how many. The ledger keeps their story."""
    forgotten = 0
    while True:
        with store.write() as tx:
            over = access_tokens.c.expires_at < tx.at - KEPT_PAST_END
            some = select(access_tokens.c.jti).where(over).limit(_AT_ONCE)
            deleted = tx.execute(delete(access_tokens).where(access_tokens.c.jti.in_(some))).rowcount
        forgotten += deleted
        if deleted < _AT_ONCE:
            return forgotten
