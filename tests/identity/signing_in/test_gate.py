"""Few passwords are checked at once, and those who were here before go first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from broker.identity.signing_in.gate import (
    KNOWN_LINE,
    PLACES,
    STRANGERS_LINE,
    STRANGERS_OF_ONE_SOURCE,
    Busy,
    Gate,
)


@pytest.fixture
def crowd() -> Iterator[Callable[[Gate, int, bool], list[str]]]:
    """People who go in and stay until the test is over; what became of each."""
    over = threading.Event()
    threads: list[threading.Thread] = []

    def build(gate: Gate, count: int, known: bool, source: str = "") -> list[str]:
        became: list[str] = []

        def come(name: str) -> None:
            try:
                with gate.place(source or name, known=known):
                    became.append("in")
                    over.wait(10)
            except Busy:
                became.append("busy")

        for number in range(count):
            threads.append(threading.Thread(target=come, args=(f"192.0.2.{number}",)))
            threads[-1].start()
        return became

    yield build
    over.set()
    for each in threads:
        each.join()


def test_strangers_leave_a_place_to_those_who_were_here_before(crowd) -> None:
    """A thousand addresses hold one place and a short line; a known browser walks in."""
    gate = Gate()
    became = crowd(gate, 40, False)
    _until(lambda: became.count("busy") == 40 - STRANGERS_LINE - PLACES + 1)
    assert became.count("in") == PLACES - 1
    began = time.monotonic()
    with gate.place("browser_1", known=True):
        assert time.monotonic() - began < 1


def test_a_line_is_never_longer_than_some_threads(crowd) -> None:
    """Who finds it full is told at once, known or not: threads are left for everything else."""
    gate = Gate()
    inside = crowd(gate, PLACES, True)
    _until(lambda: inside.count("in") == PLACES)
    known = crowd(gate, KNOWN_LINE + 3, True)
    strangers = crowd(gate, STRANGERS_LINE + 5, False)
    _until(lambda: known.count("busy") == 3 and strangers.count("busy") == 5)


def test_one_source_does_not_fill_the_line(crowd) -> None:
    """One address of a stranger leaves room in the line for others."""
    gate = Gate()
    crowd(gate, 1, False)
    same = crowd(gate, 10, False, "198.51.100.7")
    _until(lambda: same.count("busy") >= 10 - STRANGERS_OF_ONE_SOURCE)
    other = crowd(gate, 1, False, "203.0.113.9")
    time.sleep(0.1)
    assert other == []  # it waits, and was not turned away


def test_places_are_given_back_also_when_a_check_breaks() -> None:
    """An error inside costs no place."""
    gate = Gate()
    for _ in range(PLACES * 3):
        with pytest.raises(ZeroDivisionError), gate.place("192.0.2.1", known=False):
            raise ZeroDivisionError
    with ExitStack() as all_of_them:
        all_of_them.enter_context(gate.place("192.0.2.1", known=False))
        all_of_them.enter_context(gate.place("browser_1", known=True))


def _until(holds: Callable[[], bool]) -> None:
    for _ in range(300):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("never")
