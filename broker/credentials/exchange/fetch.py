"""Fetches a document whose address an administrator typed in, from an address that may be called, within a time."""

from __future__ import annotations

import requests
from urllib3.exceptions import HTTPError

from broker.adapters.pinned import pinned_session
from broker.clock import Clock
from broker.errors import SiteError, Unavailable

CONNECT_S, ALTOGETHER_S = 3.05, 5.0
LARGEST = 256 * 1024
_CHUNK = 16 * 1024


def fetch_text(clock: Clock, url: str, *, allow_private: bool, within_s: float = ALTOGETHER_S) -> str:
    """What is at ``url``; raises Unavailable. Follows no redirect, enters no private network unless told."""
    try:
        with (
            pinned_session(allow_private=allow_private) as session,
            session.get(
                url,
                timeout=(CONNECT_S, within_s),
                allow_redirects=False,
                stream=True,
                headers={"Accept": "application/json"},
            ) as answer,
        ):
            if answer.status_code != requests.codes.ok:
                raise cannot_be_had()
            return _body(clock, answer, within_s)
    except (requests.RequestException, HTTPError, SiteError, OSError) as error:
        raise cannot_be_had() from error


def cannot_be_had() -> Unavailable:
    return Unavailable(
        "The issuer's keys cannot be had right now.",
        help="Try again in a minute, or check: broker issuer list",
    )


def _body(clock: Clock, answer: requests.Response, within_s: float) -> str:
    started, raw = clock.now(), bytearray()
    while chunk := answer.raw.read1(_CHUNK, decode_content=True):
        raw += chunk
        # Whoever drips one byte at a time never runs into the read time-out.
        if len(raw) > LARGEST or (clock.now() - started).total_seconds() > within_s:
            raise cannot_be_had()
    return raw.decode("utf-8", "replace")
