"""What is remembered of a site in its place, and who may act on one of its accounts now."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial

from broker.adapters.kind import Memory
from broker.adapters.wordpress_core.record import Record, read_record, write_record
from broker.errors import SiteError, Unavailable

_CLAIM_S = 120
_TRIES = 300
_PAUSE_S = 0.1
_ACCOUNT, _GRANT, _ENDED, _ORDER = "account:", "grant:", "ended:", "order:"
_EVERYONE = "everyone"


@dataclass(frozen=True)
class EveryoneFrozen:
    """``spare`` are logins in lower case."""

    version: int
    spare: Sequence[str]


class Notebook:
    """``must`` says whether what cannot be written down is not done.

    Nothing is lent unless it can be; taking back goes on all the same, from what
    was written before, and is written down when it is repeated.
    """

    def __init__(self, memory: Memory, *, must: bool) -> None:
        self._memory = memory
        self._must = must
        self._mute = False

    @contextmanager
    def alone_with(self, number: int) -> Iterator[None]:
        """Nobody else, in this process or another, acts on the account meanwhile. SiteError when it takes too long."""
        key = f"{_ACCOUNT}{number}"
        self._as_far_as_possible(partial(self._wait_for, key))
        try:
            yield
        finally:
            with suppress(Unavailable):  # it runs out by itself
                self._memory.release(key)

    def record(self, number: int) -> Record | None:
        text = self._memory.read(f"{_ACCOUNT}{number}")
        return None if text is None else read_record(text)

    def keep(self, number: int, record: Record) -> None:
        """Forgets the account when nothing of it is lent, leaving or frozen."""
        if record.is_over:
            self._forget(f"{_ACCOUNT}{number}")
        else:
            self._write(f"{_ACCOUNT}{number}", write_record(record))

    def records(self) -> dict[int, Record]:
        numbers = [int(about) for about in self._all_about(_ACCOUNT)]
        return {number: record for number in numbers if (record := self.record(number))}

    def holder(self, grant: str) -> int | None:
        """The number of the account a grant was lent to."""
        text = self._memory.read(f"{_GRANT}{grant}")
        return None if text is None else int(text)

    def keep_holder(self, grant: str, number: int) -> None:
        self._write(f"{_GRANT}{grant}", str(number))

    def forget_holder(self, grant: str) -> None:
        self._forget(f"{_GRANT}{grant}")

    def is_ended(self, grant: str) -> bool:
        return self._memory.read(f"{_ENDED}{grant}") is not None

    def keep_ended(self, grant: str, until: datetime) -> None:
        """No lease of this grant is taken any more."""
        if not self.is_ended(grant):
            self._write(f"{_ENDED}{grant}", str(int(until.timestamp())))

    def forget_ended_before(self, now: datetime) -> None:
        """A lease that old is refused for its age."""
        for grant in self._all_about(_ENDED):
            if int(self._memory.read(f"{_ENDED}{grant}") or 0) < now.timestamp():
                self._forget(f"{_ENDED}{grant}")

    def everyone(self) -> EveryoneFrozen | None:
        """The order that shut everybody out, None when there is none (any more)."""
        text = self._memory.read(_EVERYONE)
        return EveryoneFrozen(**json.loads(text)) if text else None

    def keep_everyone(self, order: EveryoneFrozen | None) -> None:
        if order is None:
            self._forget(_EVERYONE)
        else:
            self._write(_EVERYONE, json.dumps(asdict(order)))

    def newest_order(self, number: int) -> int:
        """The version of the last containment order about the account, 0 when there was none."""
        return int(self._memory.read(f"{_ORDER}{number}") or 0)

    def keep_order(self, number: int, version: int) -> None:
        self._write(f"{_ORDER}{number}", str(version))

    def _all_about(self, kind: str) -> list[str]:
        every = self._memory.keys()
        return [key.removeprefix(kind) for key in every if key.startswith(kind)]

    def _wait_for(self, key: str) -> None:
        for _ in range(_TRIES):
            if self._memory.claim(key, _CLAIM_S):
                return
            time.sleep(_PAUSE_S)
        raise SiteError(
            "Another change of this account on the site is still under way.", effect_unknown=False
        )

    def _write(self, key: str, value: str) -> None:
        self._as_far_as_possible(partial(self._memory.write, key, value))

    def _forget(self, key: str) -> None:
        self._as_far_as_possible(partial(self._memory.forget, key))

    def _as_far_as_possible(self, act: Callable[[], None]) -> None:
        if self._mute:
            return
        try:
            act()
        except Unavailable:
            if self._must:
                raise
            self._mute = True  # each try may cost seconds
