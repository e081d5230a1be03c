"""The site in memory that the broker's own tests lean on: held to the contract, so that they lean on the truth."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from broker.adapters.kind import Connection
from broker.adapters.pairing import read_pairing
from broker.adapters.port import Adapter
from broker.adapters.wordpress.scope import check_scope
from broker.clock import SettableClock
from tests.adapters.contract.author import Author
from tests.adapters.contract.specimen import Cannot, Holder
from tests.fakes.site import FakeSite

CLOCK = SettableClock(datetime.fromisoformat("2026-03-01T12:00:00+00:00"))
NUMBERS = itertools.count(1)


class FakeKind:
    title = "A site in memory"
    limits = ("Not a site.",)
    secrets: Mapping[str, str] = {}
    options: Mapping[str, str] = {}

    def connect(self, connection: Connection) -> Adapter:
        raise NotImplementedError

    def check_scope(self, scope: Mapping[str, Any]) -> None:
        check_scope(scope)

    def pairing_words(self, text: str) -> str:
        return text


@dataclass
class OnFake:
    adapter: FakeSite
    kind = FakeKind()
    cannot = frozenset[Cannot]()

    def holder(self) -> Holder:
        name = f"nurse{next(NUMBERS)}"
        assert self.adapter.known is not None
        self.adapter.known.add(name)
        notes = {"post_type": "note", "meta_key": "patient_ref", "capabilities": ["read"]}
        return Holder(name, {"patient": f"P-{name}", "posts": notes})

    def opens(self, holder: Holder) -> bool:
        theirs = [lease.grant for lease in self.adapter.leases.values() if lease.account == holder.account]
        return any(self.adapter.opens(grant) for grant in theirs)

    def now(self) -> datetime:
        return CLOCK.wall()

    def wait_until(self, instant: datetime) -> None:
        CLOCK.advance(seconds=max(0.0, (instant - CLOCK.wall()).total_seconds()))

    def nobody_there(self) -> Adapter:
        return replace(self.adapter, fault="down")

    def mute(self) -> Adapter:
        return replace(self.adapter, fault="timeout")

    def back_up(self) -> Callable[[], None]:
        kept = deepcopy((self.adapter.leases, self.adapter.tombstones, self.adapter.mark))

        def put_back() -> None:
            self.adapter.leases, self.adapter.tombstones, self.adapter.mark = kept
            self.adapter.restored = True

        return put_back


@contextmanager
def start(broker: Author, folder: Path) -> Iterator[OnFake]:
    broker.clock = CLOCK
    pairing = read_pairing(broker.pairing)
    yield OnFake(FakeSite(pairing, CLOCK, told=lambda: broker.mark, known=set(), recording=True))
