"""Takes tokens back before their time. Nothing here asks for a factor, counts tries, or needs a private key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select, update

from broker.credentials.clients.register import Client
from broker.credentials.tokens.access_token import Mint
from broker.credentials.tokens.read import signed_claims
from broker.credentials.tokens.tables import access_tokens
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Transaction

# As many ids as surely fit an entry of the ledger.
_MOST_NAMED = 50


def revoke_text(tx: Transaction, mint: Mint, client: Client, text: str) -> None:
    """The client lets go of a token it was given (RFC 7009).

    Nothing happens, and nothing is said about it, for a token that is over, never was, or is another's.
    """
    jti = (signed_claims(mint, text) or {}).get("jti")
    if isinstance(jti, str):
        own = and_(access_tokens.c.jti == jti, access_tokens.c.client_id == client.id)
        revoke_where(tx, mint.ledger, own, actor=f"client:{client.id}", why="let_go")


def revoke_by_id(tx: Transaction, mint: Mint, jti: str, *, actor: str, why: str) -> None:
    """Take one token back, whoever has it. Twice is success, and so is one that never was."""
    revoke_where(tx, mint.ledger, access_tokens.c.jti == jti, actor=actor, why=why)


def revoke_where(tx: Transaction, ledger: Ledger, which: ColumnElement[bool], *, actor: str, why: str) -> int:
    """Take back those of ``which`` that could still be used; how many. ``why`` is a word for the ledger."""
    ending = end_where(tx, which)
    for named in _entries(ending):
        facts = {"tokens": [row.jti for row in named], "why": why}
        first = named[0]
        ledger.append(tx, Entry("token.revoked", actor, None, first.grant_id, first.person_id, facts))
    return len(ending)


def end_where(tx: Transaction, which: ColumnElement[bool]) -> Sequence[Row[Any]]:
    """The rows of ``which`` that end now, for whoever writes the entry that says why."""
    columns = (access_tokens.c.jti, access_tokens.c.grant_id, access_tokens.c.person_id)
    usable = and_(which, access_tokens.c.revoked_at.is_(None), access_tokens.c.expires_at > tx.at)
    ending = tx.all(
        select(*columns).where(usable).order_by(access_tokens.c.grant_id, access_tokens.c.person_id)
    )
    if ending:
        tx.execute(update(access_tokens).where(usable).values(revoked_at=tx.at))
    return ending


def _entries(ending: Sequence[Row[Any]]) -> Iterator[list[Row[Any]]]:
    """What one entry tells of: tokens of one grant or one person, not too many at once."""
    for _, rows in groupby(ending, key=lambda row: (row.grant_id, row.person_id)):
        together = list(rows)
        for begin in range(0, len(together), _MOST_NAMED):
            yield together[begin : begin + _MOST_NAMED]
