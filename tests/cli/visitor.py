"""Somebody with a browser: follows forms over HTTP as they are, and knows nothing of the inside."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urljoin

import requests

_HIDDEN = re.compile(r'name="(csrf_token|submission)" value="([^"]+)"')


def _patient_session() -> requests.Session:
    # Between two requests a test may wait for longer than a server keeps a connection.
    session = requests.Session()
    session.headers["Connection"] = "close"
    return session


@dataclass
class Visitor:
    url: str
    session: requests.Session = field(default_factory=_patient_session)

    def get(self, path: str) -> requests.Response:
        return self.session.get(urljoin(self.url, path), timeout=20)

    def post(self, path: str, /, *, seen_at: str | None = None, **fields: str) -> requests.Response:
        """Send the form shown at ``seen_at`` (or at the path itself), filled in with ``fields``."""
        hidden = dict(_HIDDEN.findall(self.get(seen_at or path).text))
        return self.session.post(urljoin(self.url, path), data={**hidden, **fields}, timeout=20)

    def sign_in(self, email: str, password: str, code: str) -> bool:
        self.post("/sign-in", email=email, password=password)
        self.post("/sign-in/code", code=code)
        return self.is_in()

    def is_in(self) -> bool:
        return "Hello, " in self.get("/").text
