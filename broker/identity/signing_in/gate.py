"""How many passwords are checked at once, and who goes first.

A check is slow and takes 64 MiB on purpose. Whoever sends many at once could so keep the whole process
busy, the taking back of access with it. So few are checked at a time, one place is kept for browsers that
signed in to this very account before, and strangers wait in a short line or are told to come again: they
hold a handful of threads, never all of them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

PLACES = 2
STRANGERS_LINE = 4
STRANGERS_OF_ONE_SOURCE = 2
KNOWN_LINE = 6
PATIENCE = timedelta(seconds=5)
COME_AGAIN = timedelta(seconds=10)


class Busy(Exception):
    """Too many are being checked; nothing was counted against anybody."""


class Gate:
    """One for each process. ``known``: this account signed in from this source before."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._strangers_inside = 0
        self._known_waiting = 0
        self._strangers_waiting: list[str] = []

    @contextmanager
    def place(self, source: str, *, known: bool) -> Iterator[None]:
        """Hold a place for the length of the block. Busy at once when the line is full, or after PATIENCE."""
        with self._changed:
            self._line_up(source, known=known)
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._strangers_inside -= not known
                self._changed.notify_all()

    def _line_up(self, source: str, *, known: bool) -> None:
        if self._line_is_full(source, known=known):
            raise Busy
        self._wait(source, known=known)
        self._inside += 1
        self._strangers_inside += not known

    def _wait(self, source: str, *, known: bool) -> None:
        free = self._free_for_known if known else self._free_for_strangers
        if known:
            self._known_waiting += 1
        else:
            self._strangers_waiting.append(source)
        try:
            if not self._changed.wait_for(free, PATIENCE.total_seconds()):
                raise Busy
        finally:
            if known:
                self._known_waiting -= 1
            else:
                self._strangers_waiting.remove(source)

    def _line_is_full(self, source: str, *, known: bool) -> bool:
        if known:
            return self._known_waiting >= KNOWN_LINE
        of_this_one = self._strangers_waiting.count(source)
        return len(self._strangers_waiting) >= STRANGERS_LINE or of_this_one >= STRANGERS_OF_ONE_SOURCE

    def _free_for_known(self) -> bool:
        return self._inside < PLACES

    def _free_for_strangers(self) -> bool:
        return self._inside < PLACES and self._strangers_inside < PLACES - 1 and not self._known_waiting
