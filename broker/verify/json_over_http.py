"""Asks the broker: TLS, no redirects, a bounded answer, a bounded wait."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus, urlsplit

import requests
from urllib3.exceptions import HTTPError

from broker.errors import ConfigurationError

LARGEST_ANSWER = 256 * 1024
TIMEOUT = (2.0, 3.0)
"""Seconds to connect, and between two pieces of the answer."""
_HERE = {"localhost", "127.0.0.1", "::1"}


class NoAnswer(Exception):
    """Nothing that can be used came back."""


def check_address(url: str) -> str:
    """``url``; ConfigurationError unless it is https, or http on this very machine."""
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE):
        return url
    raise ConfigurationError(
        "The broker's address must begin with https://.",
        help="Give the address as the broker's metadata does.",
    )


def get(url: str) -> dict[str, Any]:
    """The JSON object at ``url``; raises :class:`NoAnswer`."""
    return _ask("GET", url)


def post(url: str, fields: Mapping[str, str], *, client: str, secret: str) -> dict[str, Any]:
    """The JSON object answered to a form sent with HTTP Basic (RFC 6749, section 2.3.1); raises :class:`NoAnswer`."""
    return _ask("POST", url, data=fields, auth=(quote_plus(client), quote_plus(secret)))


def _ask(method: str, url: str, **form: Any) -> dict[str, Any]:
    accept = {"Accept": "application/json"}
    try:
        with requests.request(
            method, url, headers=accept, timeout=TIMEOUT, allow_redirects=False, stream=True, **form
        ) as answer:
            raw = answer.raw.read(LARGEST_ANSWER + 1, decode_content=True)
            found = json.loads(raw) if answer.status_code == requests.codes.ok else None
    except (requests.RequestException, OSError, ValueError, RecursionError, HTTPError) as error:
        raise NoAnswer from error
    if not isinstance(found, dict) or len(raw) > LARGEST_ANSWER:
        raise NoAnswer
    return found
