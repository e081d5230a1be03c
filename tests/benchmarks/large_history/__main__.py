"""``make bench-history``: pages, counts and pictures of few and of very many grants, and a file of a million.

python -m tests.benchmarks.large_history [--grants 10000 1000000 10000000] [--file 1000000] [--rounds 40]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, timedelta
from functools import cached_property, partial

from broker.assets import asset_folder
from broker.policy.load import load_catalog
from broker.review.history.filters import Filters, Shown, Weekday
from broker.review.history.page import count_history, history_page
from broker.review.pictures.counting import Question
from broker.review.pictures.hours import by_hour
from broker.review.pictures.lateness import lateness
from broker.review.pictures.time_to_approve import time_to_approve
from broker.review.pictures.who_and_why import by_person, by_purpose
from broker.store import Store
from tests.benchmarks.databases import postgresql, store_at
from tests.benchmarks.large_history.file import measure_file
from tests.benchmarks.large_history.fill import fill
from tests.benchmarks.measure import milliseconds, percentile
from tests.postgresql import database_on

CATALOG = load_catalog(asset_folder("policies"))
QUESTIONS = {
    "everything": Filters(),
    "oldest first": Filters(oldest_first=True),
    "one person": Filters(person="person_7"),
    "one patient": Filters(patient="pat_7"),
    "one site, live": Filters(site="clinic", state=Shown.ACTIVE),
    "glass broken": Filters(break_glass=True),
    "a usual reason": Filters(reason="outage"),
    "a rare reason": Filters(reason="never-given"),
    "a purpose": Filters(purpose="BTG"),
    "what was given": Filters(entitlement="patient-record"),
    "a busy approver": Filters(approver="person_3"),
    "a rare approver": Filters(approver="person_499"),
    "misuse": Filters(review="misuse"),
    "overdue": Filters(review="overdue"),
    "Sunday nights on a site": Filters(site="shop", weekday=Weekday.SUNDAY, earliest_hour=22, before_hour=5),
}


@dataclass(frozen=True)
class Filled:
    store: Store
    count: int

    @cached_property
    def middle(self) -> str:
        return f"grant_{self.count // 2:010d}"

    def page(self, filters: Filters, *, deep: bool) -> None:
        """What a view asks for its page: the rows, and the capped count."""
        with self.store.read() as reader:
            history_page(reader, CATALOG, filters, UTC, after=self.middle if deep else None)
            count_history(reader, filters, UTC)

    def pictures(self) -> None:
        with self.store.read() as reader:
            today = reader.at.date()
            question = Question(reader, Filters(first_day=today - timedelta(days=89), last_day=today), UTC)
            for draw in (by_hour, lateness, by_person):
                draw(question, lambda _filters: "")
            by_purpose(question, CATALOG, lambda _filters: "")
            time_to_approve(question)


def main() -> None:
    asked = _arguments()
    with postgresql() as server, ExitStack() as stack:
        if server is None:
            sys.exit("This needs a PostgreSQL; BROKER_TEST_PG_URL can name one.")
        filled = []
        for count in asked.grants:
            store = stack.enter_context(store_at(stack.enter_context(database_on(server))))
            began = time.perf_counter()
            fill(store, count)
            print(
                f"{count:,} grants made in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True
            )
            filled.append(Filled(store, count))
        _print_pages(filled, asked.rounds)
        for each in filled:
            print(
                f"Five pictures of the last 90 days, {each.count:,} grants: {_typical(each.pictures)}",
                flush=True,
            )
        for each in filled:
            if asked.file and each.count >= asked.file:
                print(measure_file(each.store, asked.file), flush=True)
                break


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-history")
    parser.add_argument("--grants", type=int, nargs="+", default=[10_000, 1_000_000, 10_000_000])
    parser.add_argument("--file", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=40)
    return parser.parse_args()


def _print_pages(filled: Sequence[Filled], rounds: int) -> None:
    sizes = " | ".join(f"{each.count:,}: p50, p95 (ms)" for each in filled)
    print(f"| Question | {sizes} | p50, most to least |")
    print(f"| --- {'| --- ' * len(filled)}| --- |")
    whole: list[list[float]] = [[] for _ in filled]
    for name, filters in QUESTIONS.items():
        taken = _interleaved(filled, filters, rounds)
        for all_, some in zip(whole, taken, strict=True):
            all_.extend(some)
        _print_row(name, taken)
    _print_row("all of them", whole)


def _interleaved(filled: Sequence[Filled], filters: Filters, rounds: int) -> list[list[float]]:
    taken: list[list[float]] = [[] for _ in filled]
    for number in range(rounds + 2):
        for times, each in zip(taken, filled, strict=True):
            lasted = milliseconds(partial(each.page, filters, deep=number % 2 == 1))
            if number > 1:  # the first of each kind warms
                times.append(lasted)
    return taken


def _print_row(name: str, taken: Sequence[Sequence[float]]) -> None:
    told = " | ".join(f"{percentile(each, 0.5):.2f}, {percentile(each, 0.95):.2f}" for each in taken)
    ratio = percentile(taken[-1], 0.5) / percentile(taken[0], 0.5)
    print(f"| {name} | {told} | {ratio:.2f} |", flush=True)


def _typical(work: Callable[[], None]) -> str:
    work()
    return f"{percentile([milliseconds(work) for _ in range(5)], 0.5):,.0f} ms"


if __name__ == "__main__":
    main()
