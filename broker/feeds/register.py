"""Feeds added, found and removed. Each is its own row; nothing here calls anybody."""

from __future__ import annotations

import json

from sqlalchemy import func, select, update

from broker.clock import new_id
from broker.errors import Invalid, NotFound, Unavailable
from broker.feeds.acceptable import check_acceptable
from broker.feeds.feed import Feed, Secrets, feed_of, written_terms
from broker.feeds.tables import feeds
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry, Fact
from broker.ledger.tables import ledger_head
from broker.sealing import CannotOpen, Seal
from broker.store import Reader, Transaction


def new_feed_id() -> str:
    return new_id("feed")


def add_feed(tx: Transaction, ledger: Ledger, seal: Seal, new: Feed, secrets: Secrets, *, actor: str) -> Feed:
    """Tell ``new`` everything after ``new.delivered_seq``. Raises Invalid."""
    check_acceptable(new, secrets)
    if any(each.name.lower() == new.name.lower() for each in list_feeds(tx)):
        raise Invalid(f"There is a feed called {new.name} already.", {"name": "choose another name"})
    if not 0 <= new.delivered_seq <= head_seq(tx):
        raise Invalid("The ledger has no such entry to begin with.", {"from": "choose an earlier one"})
    sealed = seal.close(json.dumps(dict(secrets)).encode(), _about(new.id)) if secrets else None
    tx.execute(
        feeds.insert().values(
            id=new.id,
            name=new.name,
            kind=new.kind.value,
            format=new.format.value,
            target=new.target,
            terms=written_terms(new.terms),
            secrets=sealed,
            added_at=tx.at,
            delivered_seq=new.delivered_seq,
            next_try_at=tx.at,
            failures=0,
            refusals=0,
        )
    )
    # Not the target: some software keeps a secret in its address.
    write_down(
        tx, ledger, "added", new, actor, kind=new.kind, format=new.format, begins=new.delivered_seq + 1
    )
    return get_feed(tx, new.id)


def remove_feed(tx: Transaction, ledger: Ledger, feed: Feed, *, actor: str) -> None:
    """Tell it nothing any more. Its secrets are gone, its row and what it left out stay."""
    tx.execute(update(feeds).where(feeds.c.id == feed.id).values(removed_at=tx.at, secrets=None))
    write_down(tx, ledger, "removed", feed, actor, delivered=feed.delivered_seq)


def get_feed(reader: Reader, feed_id: str) -> Feed:
    """By its id or its name; NotFound when none is told by it."""
    named = (feeds.c.id == feed_id) | (func.lower(feeds.c.name) == feed_id.lower())
    row = reader.execute(select(feeds).where(named, feeds.c.removed_at.is_(None))).first()
    if row is None:
        raise NotFound("No feed has that id or name.", help="See: broker feed list")
    return feed_of(row)


def list_feeds(reader: Reader) -> list[Feed]:
    return [
        feed_of(row)
        for row in reader.all(select(feeds).where(feeds.c.removed_at.is_(None)).order_by(feeds.c.name))
    ]


def secrets_of(reader: Reader, seal: Seal, feed_id: str) -> Secrets:
    """By name, empty when it has none. Unavailable when they cannot be opened."""
    sealed = reader.execute(select(feeds.c.secrets).where(feeds.c.id == feed_id)).scalar_one()
    if sealed is None:
        return {}
    try:
        found: dict[str, str] = json.loads(seal.open(sealed, _about(feed_id)))
    except CannotOpen as error:
        raise Unavailable(
            "The stored secrets of the feed cannot be opened.",
            help="Remove the feed and add it again, from the entry it had last.",
        ) from error
    return found


def head_seq(reader: Reader) -> int:
    """The ledger's last entry, 0 while it is empty."""
    return int(reader.execute(select(ledger_head.c.seq)).scalar_one())


def write_down(tx: Transaction, ledger: Ledger, what: str, feed: Feed, actor: str, **facts: Fact) -> None:
    said = {"feed": feed.id, "name": feed.name, **facts}
    ledger.append(tx, Entry(f"feed.{what}", actor, facts=said))


def _about(feed_id: str) -> str:
    return f"feed\0{feed_id}"
