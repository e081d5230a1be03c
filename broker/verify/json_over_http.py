"""Asks the broker: TLS, no redirects, a bounded answer, a bounded wait."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import quote_plus, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError
from urllib3.util import Retry

from broker.errors import ConfigurationError

LARGEST_ANSWER = 256 * 1024
TIMEOUT = (2.0, 3.0)
"""Seconds to connect, and between two pieces of the answer."""
CONNECTIONS = 32
"""Kept open, so that not every question pays for a new one."""
_HERE = {"localhost", "127.0.0.1", "::1"}


class NoAnswer(Exception):
    """Nothing that can be used came back."""


class Line:
    """To one address of the broker; threads share it."""

    def __init__(self, url: str) -> None:
        """ConfigurationError unless ``url`` is https, or http on this very machine."""
        parts = urlsplit(url)
        if parts.scheme != "https" and (parts.scheme != "http" or parts.hostname not in _HERE):
            raise ConfigurationError(
                "The broker's address must begin with https://.",
                help="Give the address as the broker's metadata does.",
            )
        self._url = url
        self._session = requests.Session()
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # A kept connection may have been closed at the other end; nothing asked here does harm if asked twice.
        retry = Retry(1, allowed_methods=None, status=0)
        self._session.mount(url, HTTPAdapter(pool_maxsize=CONNECTIONS, max_retries=retry))

    def get(self) -> dict[str, Any]:
        """The JSON object there; raises :class:`NoAnswer`."""
        return self._ask("GET")

    def post(self, fields: Mapping[str, str], *, client: str, secret: str) -> dict[str, Any]:
        """What is answered to a form sent with HTTP Basic (RFC 6749, section 2.3.1); raises :class:`NoAnswer`."""
        return self._ask("POST", data=fields, auth=(quote_plus(client), quote_plus(secret)))

    def close(self) -> None:
        """Hang up; a later question opens the line again."""
        self._session.close()

    def _ask(self, method: str, **form: Any) -> dict[str, Any]:
        accept = {"Accept": "application/json"}
        try:
            with self._session.request(
                method, self._url, headers=accept, timeout=TIMEOUT, allow_redirects=False, stream=True, **form
            ) as answer:
                raw = answer.raw.read(LARGEST_ANSWER + 1, decode_content=True)
                found = json.loads(raw) if answer.status_code == requests.codes.ok else None
        except (requests.RequestException, HTTPError, OSError, ValueError, RecursionError) as error:
            raise NoAnswer from error
        if not isinstance(found, dict) or len(raw) > LARGEST_ANSWER:
            raise NoAnswer
        return found
