"""Somebody takes back every token of a grant, and leaves the grant as it is."""

from __future__ import annotations

from broker.access.grant import get_grant
from broker.access.revoke import MAY_REVOKE
from broker.credentials.tokens.revoke import revoke_where
from broker.credentials.tokens.tables import access_tokens
from broker.errors import NotFound
from broker.identity.people import Person
from broker.ledger.chain import Ledger
from broker.store import Store


def withdraw_tokens(store: Store, ledger: Ledger, actor: Person, grant_id: str) -> int:
    """Dead from this commit on; how many there were. None left is success.

    The holder may, and who may end another person's access; NotFound for anybody else.
    """
    with store.write() as tx:
        grant = get_grant(tx, grant_id)
        if grant.person_id != actor.id and not actor.roles & MAY_REVOKE:
            raise NotFound("There is no such access.", help="Look for it on your home page.")
        mine = access_tokens.c.grant_id == grant.id
        return revoke_where(tx, ledger, mine, actor=actor.id, why="withdrawn")
