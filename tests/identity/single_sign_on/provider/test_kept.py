"""What is fetched from a provider that is slow, down, or asked by many at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from broker.clock import SettableClock
from broker.identity.single_sign_on.provider.kept import Kept
from broker.identity.single_sign_on.refused import ProviderSilent


class Slow:
    """Answers when it is let; counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = threading.Semaphore(0)
        self.times = 0
        self.let = threading.Event()
        self.down = False

    def fetch(self) -> int:
        self.times += 1
        self.asked.release()
        assert self.let.wait(10)
        if self.down:
            raise ProviderSilent
        return self.times


@pytest.fixture
def slow() -> Slow:
    return Slow()


def test_many_who_ask_at_once_are_one_question(clock: SettableClock, slow: Slow) -> None:
    """The others wait for the answer that is on its way."""
    kept = Kept(clock, slow.fetch)
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(kept.get) for _ in range(8)]
        assert slow.asked.acquire(timeout=10)
        slow.let.set()
        assert {answer.result(10) for answer in answers} == {1}
    assert slow.times == 1


def test_nobody_waits_while_there_is_something_to_go_by(clock: SettableClock, slow: Slow) -> None:
    """A provider that hangs keeps one thread, and no other: the rest go by what is known."""
    slow.let.set()
    kept = Kept(clock, slow.fetch)
    kept.get()
    slow.asked.acquire()
    slow.let.clear()
    clock.advance(hours=2)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(kept.get)
        assert slow.asked.acquire(timeout=10)
        assert [kept.get(again=True) for _ in range(50)] == [1] * 50
        slow.let.set()
        assert waiting.result(10) == 2
    assert slow.times == 2


def test_a_failure_is_not_repeated_at_once(clock: SettableClock, slow: Slow) -> None:
    """For ten seconds everybody hears the same at once; then one asks again."""
    slow.let.set()
    slow.down = True
    kept = Kept(clock, slow.fetch)
    for _ in range(20):
        with pytest.raises(ProviderSilent):
            kept.get()
    assert slow.times == 1
    slow.down = False
    clock.advance(seconds=10)
    assert kept.get() == 2


def test_a_fetch_that_breaks_leaves_no_one_stuck(clock: SettableClock) -> None:
    """Whatever goes wrong in it, the next one may ask."""
    broken = iter([RuntimeError("broken"), None])

    def fetch() -> int:
        error = next(broken)
        if error:
            raise error
        return 7

    kept = Kept(clock, fetch)
    with pytest.raises(RuntimeError):
        kept.get()
    clock.advance(seconds=10)
    assert kept.get() == 7
