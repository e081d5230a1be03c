"""Watches the ledger: whoever is shut out takes their tokens with them, in the same commit.

A token is checked against the person and the client at every use anyway. It is ended here as
well so that letting them in again revives nothing.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_

from broker.credentials.tokens.revoke import end_where
from broker.credentials.tokens.tables import access_tokens
from broker.identity.sessions.end_session import Why
from broker.ledger.entry import Entry, Recorded
from broker.store import Transaction


def end_tokens_of_whoever_is_shut_out(tx: Transaction, recorded: Recorded) -> None:
    """An observer (see ``broker.ledger.chain``); the entry it watches is the one that says why."""
    which = _ending(recorded.entry)
    if which is not None:
        end_where(tx, which)


def _ending(entry: Entry) -> ColumnElement[bool] | None:
    if entry.event == "client.disabled":
        return access_tokens.c.client_id == str(entry.facts["client"])
    if entry.event == "person.disabled":
        return access_tokens.c.person_id == entry.subject
    if entry.event == "session.ended" and entry.facts.get("why") != Why.SIGNED_OUT:
        # What a person's software may do as that person began with a session of theirs. Signing out of
        # one device ends one device; any other end of a session is meant for all they have.
        return and_(access_tokens.c.person_id == entry.subject, access_tokens.c.grant_id.is_(None))
    return None
