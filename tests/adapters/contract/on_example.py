"""The adapter that the documentation shows, at a door system in memory."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from broker.adapters.kind import Kind
from broker.adapters.port import Adapter
from tests.adapters.contract.author import Author
from tests.adapters.contract.door_system import TOKEN, DoorSystem
from tests.adapters.contract.example import load
from tests.adapters.contract.specimen import Cannot, Holder
from tests.fakes.memory import PlainMemory
from tests.live.wait import until_instant

NUMBERS = itertools.count(1)


@dataclass
class OnExample:
    doors: DoorSystem
    broker: Author
    kind: Kind
    cannot = frozenset(Cannot) - {Cannot.END_BY_ITSELF}

    def __post_init__(self) -> None:
        self._memory = PlainMemory()
        self.adapter = self._reach(self.doors.url)

    def holder(self) -> Holder:
        name = f"holder{next(NUMBERS)}"
        self.doors.people[name] = {"blocked": False}
        return Holder(name, {"rooms": ["ward 3"]})

    def opens(self, holder: Holder) -> bool:
        return self.doors.lets_in(holder.account)

    def now(self) -> datetime:
        return datetime.now(UTC)

    def wait_until(self, instant: datetime) -> None:
        until_instant(instant)

    def nobody_there(self) -> Adapter:
        return self._reach("http://127.0.0.1:9")

    def mute(self) -> Adapter:
        return self._reach(self.doors.mute_url)

    def back_up(self) -> Callable[[], None]:
        raise NotImplementedError

    def _reach(self, url: str) -> Adapter:
        there = self.broker.connection(url, memory=self._memory, secrets={"token": TOKEN})
        return self.kind.connect(there)


@contextmanager
def start(broker: Author, folder: Path) -> Iterator[OnExample]:
    doors = DoorSystem()
    yield OnExample(doors, broker, load().KIND)
    doors.close()
