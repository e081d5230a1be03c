"""What happens to keys by itself: the next one begins to sign, old ones are withdrawn when their time is over."""

from __future__ import annotations

from datetime import datetime

from broker.keyring.lifetimes import BELIEVED_AFTER, PUBLISHED_AHEAD
from broker.keyring.ring_key import KeyState, KeyUse, RingKey
from broker.keyring.rows import Rows
from broker.keyring.workshop import BY_ITSELF, Workshop
from broker.ledger.entry import Entry
from broker.store import Transaction


def is_due(shop: Workshop, rows: Rows, at: datetime) -> bool:
    """Whether there is anything for :func:`turn` to do. Looks at nothing but its arguments."""
    return any(_switches(shop, rows, use, at) or _outlived(rows, use, at) for use in KeyUse)


def turn(tx: Transaction, shop: Workshop, rows: Rows) -> None:
    """Do what is due; ``rows`` are those that this transaction read."""
    for use in KeyUse:
        following = rows.one(use, KeyState.NEXT)
        if following and _switches(shop, rows, use, tx.at):
            switch(tx, shop, rows.one(use, KeyState.CURRENT), following)
        for key in _outlived(rows, use, tx.at):
            shop.withdraw(tx, key)


def switch(
    tx: Transaction, shop: Workshop, current: RingKey | None, following: RingKey, actor: str = BY_ITSELF
) -> RingKey:
    """Sign by the next key from now on; the one in use stays believed until what it signed is over."""
    if current is not None:
        over = tx.at + BELIEVED_AFTER
        shop.rows.change(tx, current, current.moved(KeyState.OLD, old_since=tx.at, withdraw_at=over))
    signing = shop.rows.change(tx, following, following.moved(KeyState.CURRENT, current_from=tx.at))
    facts = {"use": signing.use, "old": current and current.kid, "new": signing.kid}
    shop.ledger.append(tx, Entry("keys.switched", actor, facts=facts))
    return signing


def switches_at(shop: Workshop, current: RingKey, following: RingKey) -> datetime:
    """When the next key is to begin: at its due time, or earlier where the period was made shorter."""
    due = min(following.current_from, current.current_from + shop.rules.period)
    return max(due, published_long_enough(following))


def published_long_enough(following: RingKey) -> datetime:
    """From when on every checker has had the time to learn of a key."""
    return following.made_at + PUBLISHED_AHEAD


def _switches(shop: Workshop, rows: Rows, use: KeyUse, at: datetime) -> bool:
    current, following = rows.one(use, KeyState.CURRENT), rows.one(use, KeyState.NEXT)
    if following is None:
        return False
    # Where the key in use was withdrawn, nobody is better known than the one that was to follow it.
    return current is None or at >= switches_at(shop, current, following)


def _outlived(rows: Rows, use: KeyUse, at: datetime) -> list[RingKey]:
    return [key for key in rows.only(use, KeyState.OLD) if key.withdraw_at and at >= key.withdraw_at]
