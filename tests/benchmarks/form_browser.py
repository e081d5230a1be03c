"""A browser reduced to what forms need: one open connection, cookies, and the fields a page hides."""

from __future__ import annotations

import re
from typing import Self
from urllib.parse import urlencode

from tests.benchmarks.wire import Answer, Wire, get

_HIDDEN = re.compile(r'name="(csrf_token|submission)" value="([^"]+)"')
_COOKIE = re.compile(rb"\r\nset-cookie: *([^=;]+)=([^;\r]*)", re.IGNORECASE)
_LOCATION = re.compile(rb"\r\nlocation: *([^\r]+)", re.IGNORECASE)


class FormBrowser:
    """Signed in from the start, by the value of the session cookie."""

    def __init__(self, port: int, token: str) -> None:
        self._wire = Wire(port)
        self._cookies = {"session": token}
        self._hidden: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._wire.__exit__()

    def open(self, path: str) -> None:
        """Get a page with a form and keep its hidden fields."""
        answer = self._take(self._wire.send(get(path, Cookie=self._sent())), 200)
        self._hidden = dict(_HIDDEN.findall(bytes(answer.body).decode()))

    def send(self, path: str, fields: dict[str, str]) -> str:
        """Post the form just opened; answers the path it leads to."""
        body = urlencode({**self._hidden, **fields}).encode()
        head = get(
            path,
            Cookie=self._sent(),
            Content_Type="application/x-www-form-urlencoded",
            Content_Length=str(len(body)),
        )
        answer = self._take(self._wire.send(head.replace(b"GET", b"POST", 1) + body), 303)
        found = _LOCATION.search(answer.head)
        assert found
        return found[1].decode()

    def _take(self, answer: Answer, status: int) -> Answer:
        if answer.status != status:
            raise RuntimeError(f"answered {answer.status} and not {status}")
        self._cookies.update((name.decode(), value.decode()) for name, value in _COOKIE.findall(answer.head))
        return answer

    def _sent(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())
