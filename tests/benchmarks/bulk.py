"""Fills the product's own tables fast: many rows a statement, and a real chain for the ledger."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Table, insert, update

from broker.access.grant import GrantState
from broker.access.tables import access_requests, grants, reviews
from broker.identity.tables import people
from broker.ledger.body import EMPTY_DIGEST, compose, leaf_digest
from broker.ledger.entry import Entry
from broker.ledger.tables import ledger_entries, ledger_head
from broker.ledger.triggers import guard_statements, unguard_statements
from broker.patients.tables import patients
from broker.store import Store, Transaction

BEGAN = datetime(2024, 1, 1, tzinfo=UTC)
PEOPLE, PATIENTS = 200, 2_000
_ROWS_A_STATEMENT = 5_000


def fill_grants(store: Store, count: int, *, state: GrantState | None = None) -> list[str]:
    """``count`` grants over three years with their requests, people and patients; answers their ids.

    All in ``state``, or else mostly revoked, as a history is. The same every time.
    """
    chance = random.Random(count)
    with store.write() as tx:
        put(tx, people, (_person(number) for number in range(PEOPLE)))
        put(tx, patients, ({"id": f"pat_{n}", "clinic_ref": f"P-{n}"} for n in range(PATIENTS)))
        put(tx, access_requests, (_request(n) for n in range(count)))
        put(tx, grants, (_grant(n, count, state or _some_state(chance), chance) for n in range(count)))
        put(tx, reviews, (_review(n) for n in range(0, count, 10)))
    return [f"grant_{n}" for n in range(count)]


def fill_ledger(store: Store, count: int) -> list[bytes]:
    """A chain of ``count`` entries of about 500 bytes; answers their bodies."""
    rows = list(_chain(count))
    dialect = store.engine.dialect.name
    with store.write() as tx:
        # Row by row the triggers would take longer than all that is measured.
        for statement in unguard_statements(dialect):
            tx.connection.exec_driver_sql(statement)
        put(tx, ledger_entries, rows)
        last = rows[-1]
        tx.execute(update(ledger_head).values(seq=last["seq"], digest=last["digest"], at=last["at"]))
        for statement in guard_statements(dialect):
            tx.connection.exec_driver_sql(statement)
    return [row["body"].encode() for row in rows]


def usual_entry(number: int) -> Entry:
    """An entry with the facts an issued grant has."""
    facts = {
        "entitlement": "telehealth-recording",
        "patient": f"pat_{number:020d}",
        "path": "ordinary",
        "site": None,
        "expires_at": "2026-03-01T12:15:00+00:00",
        "policy": "0" * 64,
    }
    return Entry("grant.issued", "person_1", f"req_{number}", f"grant_{number}", "person_2", facts)


def _chain(count: int) -> Iterator[dict[str, Any]]:
    previous = EMPTY_DIGEST
    for seq in range(1, count + 1):
        entry, at = usual_entry(seq), BEGAN + timedelta(seconds=seq)
        body = compose(entry, seq, at, previous)
        digest = leaf_digest(body)
        yield {
            "seq": seq,
            "at": at,
            "event": entry.event,
            "actor_id": entry.actor,
            "request_id": entry.request,
            "grant_id": entry.grant,
            "subject_id": entry.subject,
            "previous": previous,
            "digest": digest,
            "body": body.decode(),
        }
        previous = digest


def put(tx: Transaction, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    left = iter(rows)
    while some := list(islice(left, _ROWS_A_STATEMENT)):
        tx.execute(insert(table), some)


def _some_state(chance: random.Random) -> GrantState:
    return chance.choices([GrantState.REVOKED, GrantState.REVOKING, GrantState.ACTIVE], [970, 20, 10])[0]


def _person(number: int) -> dict[str, Any]:
    email = f"person{number}@clinic.example"
    return {
        "id": f"person_{number}",
        "email": email,
        "email_key": email,
        "name": f"Person {number}",
        "added_at": BEGAN,
    }


def _request(number: int) -> dict[str, Any]:
    return {
        "id": f"req_{number}",
        "submission": f"form_{number}",
        "person_id": f"person_{number % PEOPLE}",
        "patient_id": f"pat_{number % PATIENTS}",
        "entitlement": "telehealth-recording",
        "path": "ordinary" if number % 10 else "break_glass",
        "purpose": "ETREAT",
        "reason": "unresponsive",
        "note": "collapsed after the visit",
        "duration_s": 900,
        "scope": {"holdings": [f"rec_{number:020x}"]},
        "state": "approved",
        "approvals_needed": 1,
        "approver_roles": ["approver"],
        "policy_digest": "0" * 64,
        "asked_at": BEGAN,
        "lapses_at": BEGAN,
    }


def _grant(number: int, count: int, state: GrantState, chance: random.Random) -> dict[str, Any]:
    issued = BEGAN + timedelta(days=3 * 365) * (number / count) + timedelta(seconds=chance.random())
    ended = state is GrantState.REVOKED
    return {
        "id": f"grant_{number}",
        "request_id": f"req_{number}",
        "person_id": f"person_{number % PEOPLE}",
        "patient_id": f"pat_{number % PATIENTS}",
        "entitlement": "telehealth-recording",
        "kind": "recording",
        "scope": {"holdings": [f"rec_{number:020x}"]},
        "site_id": "clinic" if number % 3 else None,
        "state": state,
        "issued_at": issued,
        "expires_at": issued + timedelta(minutes=15),
        "active_at": issued,
        "revoked_at": issued + timedelta(minutes=15) if ended else None,
        "cause": "expired" if ended else None,
        "tries": 0,
        "family_began_at": issued,
    }


def _review(number: int) -> dict[str, Any]:
    return {
        "grant_id": f"grant_{number}",
        "holder_id": f"person_{number % PEOPLE}",
        "opened_at": BEGAN,
        "due_at": BEGAN + timedelta(days=1),
    }
