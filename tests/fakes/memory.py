"""What an adapter remembers, in a dictionary: for tests that need no broker."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from broker.errors import Unavailable


@dataclass
class PlainMemory:
    """``full`` makes every write fail, as a full disk does. A claim never runs out by itself here."""

    kept: dict[str, str] = field(default_factory=dict)
    claimed: set[str] = field(default_factory=set)
    full: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, key: str) -> str | None:
        return self.kept.get(key)

    def write(self, key: str, value: str) -> None:
        self._must_have_room()
        self.kept[key] = value

    def forget(self, key: str) -> None:
        self._must_have_room()
        self.kept.pop(key, None)

    def keys(self) -> list[str]:
        return sorted(self.kept)

    def claim(self, key: str, seconds: float) -> bool:
        self._must_have_room()
        with self._lock:
            if key in self.claimed:
                return False
            self.claimed.add(key)
            return True

    def release(self, key: str) -> None:
        self._must_have_room()
        self.claimed.discard(key)

    def _must_have_room(self) -> None:
        if self.full:
            raise Unavailable("The broker's own store cannot be used right now, so nothing was changed.")
