"""The reviewer's page with few grants and with many, and beside the same SQL through the bare driver."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from broker.assets import asset_folder
from broker.policy.catalog import Catalog
from broker.policy.load import load_catalog
from broker.review.history.filters import Filters, Shown
from broker.review.history.page import PAGE, history_page, history_query
from broker.store import Store
from tests.benchmarks.bulk import fill_grants
from tests.benchmarks.databases import postgresql, sqlite_url, store_at
from tests.benchmarks.measure import Figure, figure, milliseconds, percentile, side_by_side
from tests.benchmarks.sizes import Sizes
from tests.postgresql import database_on

QUESTIONS = (
    Filters(),
    Filters(state=Shown.REVOKED),
    Filters(site="clinic", state=Shown.ACTIVE),
    Filters(person="person_7"),
    Filters(patient="pat_7", state=Shown.REVOKED),
    Filters(break_glass=True),
)
SHARES = {"p50": 0.5, "p95": 0.95}


@dataclass(frozen=True)
class Filled:
    """A store with ``count`` grants."""

    store: Store
    catalog: Catalog
    count: int

    def page(self, number: int) -> None:
        """One of the questions: its newest page or, every other time round, one from the middle."""
        turn, which = divmod(number, len(QUESTIONS))
        after = f"grant_{self.count // 2}" if turn % 2 else None
        with self.store.read() as reader:
            history_page(reader, self.catalog, QUESTIONS[which], UTC, after=after)

    def bare(self, number: int) -> None:
        """The newest page of one of the questions, its rows fetched by the driver and left as they are."""
        with (
            closing(self.store.engine.raw_connection()) as connection,
            closing(connection.cursor()) as cursor,
        ):
            cursor.execute(self.texts[number % len(QUESTIONS)])
            cursor.fetchall()

    def newest(self, number: int) -> None:
        self.page(number % len(QUESTIONS))

    @cached_property
    def texts(self) -> list[str]:
        as_text = {"dialect": self.store.engine.dialect, "compile_kwargs": {"literal_binds": True}}
        return [
            str(history_query(each, UTC, datetime.now(UTC)).limit(PAGE + 1).compile(**as_text))
            for each in QUESTIONS
        ]


def measure(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    with ExitStack() as stack:
        yield from _compare(
            "SQLite", sizes, [_fill(stack, sqlite_url(folder), each) for each in sizes.grants]
        )
    with postgresql() as server, ExitStack() as stack:
        if server:
            urls = [stack.enter_context(database_on(server)) for _ in sizes.grants]
            filled = [_fill(stack, *each) for each in zip(urls, sizes.grants, strict=True)]
            yield from _compare("PostgreSQL", sizes, filled)


def _fill(stack: ExitStack, url: str, count: int) -> Filled:
    store = stack.enter_context(store_at(url))
    fill_grants(store, count)
    if store.engine.dialect.name == "postgresql":
        # What its autovacuum does by itself, minutes later. SQLite does nothing by itself.
        with store.write() as tx:
            tx.connection.exec_driver_sql("ANALYZE")
    return Filled(store, load_catalog(asset_folder("policies")), count)


def _compare(kind: str, sizes: Sizes, filled: list[Filled]) -> Iterator[Figure]:
    few, many = filled
    runs: dict[str, list[list[float]]] = {"few": [], "many": [], "newest": [], "bare": []}
    work = {"few": few.page, "many": many.page, "newest": many.newest, "bare": many.bare}
    sides = {name: _timed(each, sizes.pages, runs[name]) for name, each in work.items()}
    side_by_side(sides, sizes.rounds)
    what = f"History page of {PAGE} on {kind}, {many.count:,} grants"
    for name, share in SHARES.items():
        ours, bare = ([percentile(run, share) for run in runs[side][1:]] for side in ("many", "few"))
        yield figure(
            f"{what}, {name}",
            f"with {few.count:,} grants",
            "ms",
            ours,
            bare,
            "at most 1.5 at 10 million, not measured here",
        )
    ours, bare = ([percentile(run, 0.5) for run in runs[side][1:]] for side in ("newest", "bare"))
    yield figure(f"{what}, newest, p50", "the same SQL through the driver", "ms", ours, bare)


def _timed(work: Callable[[int], None], pages: int, runs: list[list[float]]) -> Callable[[], float]:
    def one_round() -> float:
        taken = [milliseconds(lambda number=number: work(number)) for number in range(pages)]
        runs.append(taken)
        return percentile(taken, 0.5)

    return one_round
