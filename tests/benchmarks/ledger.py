"""Appending to the ledger beside the bare database, and verifying it beside bare hashing."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import update
from sqlalchemy.engine import URL, make_url

from broker.access.grant import GrantState
from broker.access.tables import grants
from broker.ledger.body import EMPTY_DIGEST, compose, leaf_digest
from broker.ledger.chain import Ledger
from broker.ledger.snapshot import snapshot
from broker.ledger.triggers import unguard_statements
from broker.ledger.verifying.verify import verify
from broker.store import Store
from tests.benchmarks.bulk import BEGAN, fill_grants, fill_ledger, usual_entry
from tests.benchmarks.databases import connect, postgresql, sqlite_url, store_at
from tests.benchmarks.measure import Figure, Side, figure, per_second, side_by_side
from tests.benchmarks.sizes import Sizes
from tests.postgresql import database_on

Commit = Callable[[int], None]
"""One state change and one entry, committed; told its number."""

_MOVE = "UPDATE grants SET state = {0} WHERE id = {0} AND state = {0}"
_ADD = (
    "INSERT INTO ledger_entries (seq, at, event, actor_id, request_id, grant_id, subject_id, previous, digest, body)"
    " VALUES ({0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0})"
)


def measure(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    yield from _append_on_sqlite(sizes, folder)
    with postgresql() as server:
        if server:
            yield from _append_on_postgresql(sizes, server)
    yield from _verify(sizes, folder)


def _append_on_sqlite(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    with store_at(sqlite_url(folder)) as store, _unguarded(sqlite_url(folder), sizes) as bare_url:
        driver = sqlite3.connect(make_url(bare_url).database or "", isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            driver.execute(f"PRAGMA {pragma}")
        sides = {
            "ours": _commits(sizes, _through_the_product(store, sizes)),
            "bare": _commits(sizes, _two_statements(sizes, driver.execute, "?", "BEGIN IMMEDIATE")),
        }
        found = side_by_side(sides, sizes.rounds)
        driver.close()
    what = "Grant commit on SQLite: state and ledger entry"
    beside = "the same UPDATE and INSERT through sqlite3, no chain, no triggers"
    yield figure(what, beside, "commits/s", found["ours"], found["bare"], "at least 0.7")


def _append_on_postgresql(sizes: Sizes, server: URL) -> Iterator[Figure]:
    with ExitStack() as stack:
        store = stack.enter_context(store_at(stack.enter_context(database_on(server))))
        urls = [stack.enter_context(database_on(server)) for _ in range(2)]
        statements, one_call = (
            stack.enter_context(connect(stack.enter_context(_unguarded(url, sizes)))) for url in urls
        )
        sides = {
            "ours": _commits(sizes, _through_the_product(store, sizes)),
            "statements": _commits(sizes, _two_statements(sizes, statements.execute, "%s", "BEGIN")),
            "one call": _commits(sizes, _one_statement(sizes, one_call.execute)),
        }
        found = side_by_side(sides, sizes.rounds)
    what = "Grant commit on PostgreSQL: state and ledger entry"
    told = {
        "statements": ("the same UPDATE and INSERT through psycopg, no chain, no triggers", ""),
        "one call": ("both in one statement, one round trip", "at least 0.7"),
    }
    for name, (beside, aim) in told.items():
        yield figure(what, beside, "commits/s", found["ours"], found[name], aim)


def _verify(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    with store_at(sqlite_url(folder)) as store:
        bodies = fill_ledger(store, sizes.entries)
        sides = {
            "ours": _entries(sizes, lambda: _verify_stored(store)),
            "parsed": _entries(sizes, lambda: [(json.loads(body), _hash(body)) for body in bodies]),
            "hashed": _entries(sizes, lambda: [_hash(body) for body in bodies]),
        }
        found = side_by_side(sides, sizes.rounds)
    what = f"Ledger verify, read from SQLite, {sum(map(len, bodies)) // len(bodies)}-byte entries"
    aims = {"parsed": "100,000 entries/s", "hashed": ""}
    told = {"parsed": "json.loads and SHA-256 of the same bytes", "hashed": "SHA-256 of the same bytes"}
    for name, beside in told.items():
        yield figure(what, beside, "entries/s", found["ours"], found[name], aims[name])


def _verify_stored(store: Store) -> None:
    with snapshot(store) as shot:
        report = verify(shot.entries(), stored_head=shot.head())
    assert not report.faults, report.faults[0]


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _entries(sizes: Sizes, work: Callable[[], object]) -> Side:
    return lambda: per_second(sizes.entries, work)


def _commits(sizes: Sizes, commit: Commit) -> Side:
    numbers = count()

    def some() -> None:
        for _ in range(sizes.commits):
            commit(next(numbers))

    return lambda: per_second(sizes.commits, some)


def _through_the_product(store: Store, sizes: Sizes) -> Commit:
    ids, ledger = fill_grants(store, _commits_in_all(sizes), state=GrantState.ISSUED), Ledger()

    def commit(number: int) -> None:
        unmoved = (grants.c.id == ids[number]) & (grants.c.state == GrantState.ISSUED)
        with store.write() as tx:
            moved = tx.execute(update(grants).where(unmoved).values(state=GrantState.ACTIVATING))
            assert moved.rowcount == 1
            ledger.append(tx, usual_entry(number))

    return commit


def _two_statements(sizes: Sizes, execute: Callable[..., Any], mark: str, begin: str) -> Commit:
    move, add, rows = _MOVE.format(mark), _ADD.format(mark), _rows(sizes)

    def commit(number: int) -> None:
        execute(begin)
        execute(move, ("activating", f"grant_{number}", "issued"))
        execute(add, rows[number])
        execute("COMMIT")

    return commit


def _one_statement(sizes: Sizes, execute: Callable[..., Any]) -> Commit:
    both, rows = f"WITH moved AS ({_MOVE.format('%s')}) {_ADD.format('%s')}", _rows(sizes)

    def commit(number: int) -> None:
        execute(both, ("activating", f"grant_{number}", "issued", *rows[number]))

    return commit


def _rows(sizes: Sizes) -> list[tuple[Any, ...]]:
    return [_row(number) for number in range(_commits_in_all(sizes))]


def _row(number: int) -> tuple[Any, ...]:
    entry, seq = usual_entry(number), number + 1
    at = BEGAN.replace(tzinfo=None).isoformat(" ")
    ids = (entry.event, entry.actor, entry.request, entry.grant, entry.subject)
    body = compose(entry, seq, BEGAN, EMPTY_DIGEST)
    return seq, at, *ids, EMPTY_DIGEST, leaf_digest(body), body.decode()


@contextmanager
def _unguarded(url: str, sizes: Sizes) -> Iterator[str]:
    """The same tables with as many grants, for the bare driver; the entries' triggers are taken off."""
    with store_at(url) as store:
        fill_grants(store, _commits_in_all(sizes), state=GrantState.ISSUED)
        with store.write() as tx:
            for statement in unguard_statements(store.engine.dialect.name):
                tx.connection.exec_driver_sql(statement)
        yield url


def _commits_in_all(sizes: Sizes) -> int:
    return sizes.commits * (sizes.rounds + 1)
