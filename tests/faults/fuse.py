"""A process that is killed at a chosen point: before or after a commit, a send or a receive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from broker.clock import Clock
from broker.store import Store, Transaction
from broker.store.engine import open_engine
from tests.fakes.site import FakeSite


class Killed(BaseException):
    """SIGKILL as far as Python code can see it: nothing after this line runs, no handler catches it."""


@dataclass
class Fuse:
    """Burns through the points a run passes and kills at number ``kills_at``; 0 never kills and counts."""

    kills_at: int = 0
    passed: int = 0

    def point(self) -> None:
        self.passed += 1
        if self.passed == self.kills_at:
            raise Killed


class FusedStore(Store):
    """Passes a point before and after every commit."""

    def __init__(self, url: str, clock: Clock, fuse: Fuse) -> None:
        super().__init__(open_engine(url), clock)
        self.fuse = fuse

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        with super().write() as tx:
            yield tx
            self.fuse.point()
        self.fuse.point()


@dataclass
class FusedSite:
    """Passes a point before anything is sent and before anything is received."""

    site: FakeSite
    fuse: Fuse

    def __getattr__(self, name: str) -> Callable[..., object]:
        call = getattr(self.site, name)

        def fused(*arguments: object) -> object:
            self.fuse.point()
            answer = call(*arguments)
            self.fuse.point()
            return answer

        return fused
