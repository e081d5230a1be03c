"""Somebody who reads a note without a pause, to see when that stops."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

import requests

from tests.live.wordpress_site import WordPressSite

T = TypeVar("T")
_BEFORE = 3


class Reading:
    """Reads from the start of the block until a read fails, and remembers the last that did not."""

    def __init__(self, site: WordPressSite, browser: requests.Session, note: int) -> None:
        self._browser = browser
        self._address = f"{site.url}/?rest_route=/wp/v2/telehealth_note/{note}"
        self._nonce = {"X-WP-Nonce": site.nonce(browser)}
        self._thread = threading.Thread(target=self._read_on, daemon=True)
        self._warm = threading.Event()
        self._given_up = False
        self._reads = 0
        self._last_success = self._ended = 0.0

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._warm.wait(60) or not self._reads:
            raise RuntimeError("the holder cannot read the note that was granted")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._given_up = kind is not None
        self._thread.join(60)

    def end(self, access: Callable[[], T]) -> T:
        """Call what ends the access, and remember when it was called."""
        self._ended = time.perf_counter()
        return access()

    @property
    def last_success_ms(self) -> float:
        """From the call to the end of the last read that succeeded; 0 when none did after it."""
        return max(0.0, (self._last_success - self._ended) * 1000)

    def _read_on(self) -> None:
        while not self._given_up and self._read():
            self._last_success = time.perf_counter()
            self._reads += 1
            if self._reads == _BEFORE:
                self._warm.set()
        self._warm.set()

    def _read(self) -> bool:
        answer = self._browser.get(self._address, headers=self._nonce, timeout=20)
        return answer.status_code == 200
