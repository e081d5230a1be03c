"""The witness's HTTP from the broker's side: short time, small answers, no redirects, nothing raised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import requests
from urllib3.exceptions import HTTPError

from broker.adapters.pinned import pinned_session
from broker.clock import Clock
from broker.errors import SiteError

TIMEOUT = (3.0, 5.0)
LARGEST_ANSWER = 64 * 1024


@dataclass(frozen=True)
class Said:
    """What came back; ``kind`` is its media type."""

    status: int
    kind: str
    text: str


@dataclass(frozen=True)
class Nothing:
    """Nothing came back; ``fault`` says why."""

    fault: str


def call(url: str, clock: Clock, body: bytes | None = None) -> Said | Nothing:
    """GET, or POST where there is a body. Call it outside a transaction."""
    try:
        with (
            pinned_session(allow_private=True) as session,
            session.request(
                "GET" if body is None else "POST",
                url,
                data=body,
                headers={"Accept-Encoding": "identity", "Content-Type": "text/plain"},
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
            ) as response,
        ):
            kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            return Said(response.status_code, kind, _read(response, clock))
    except SiteError:
        return Nothing("Its address cannot be called.")
    except requests.RequestException:
        return Nothing("It cannot be reached.")
    except (HTTPError, OSError, ValueError):
        return Nothing("It did not answer in a way that could be read.")


def _read(response: requests.Response, clock: Clock) -> str:
    started, body = clock.now(), bytearray()
    while len(body) <= LARGEST_ANSWER and (chunk := response.raw.read1(4096, decode_content=False)):
        body += chunk
        if clock.now() - started > timedelta(seconds=TIMEOUT[1]):
            raise ValueError("too slow")
    if len(body) > LARGEST_ANSWER:
        raise ValueError("too long")
    return body.decode()
