"""A POST to the one address that was checked, under the certificates that were named."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import requests
from urllib3.exceptions import HTTPError

from broker.adapters.pinned import never_connected, pinned_session
from broker.clock import Clock
from broker.errors import SiteError
from broker.feeds.channels.answer import Answer
from broker.feeds.feed import Feed
from broker.feeds.formats.one_line import one_line

TIMEOUT = (5.0, 20.0)
LARGEST_ANSWER = 4 * 1024 * 1024
LONGEST_WAIT, LONGEST_WORDS = timedelta(hours=1), 200
# What is wrong with this very batch; everything else is about the sender or the hour.
OF_THE_BATCH = frozenset({400, 413, 415, 422})
TOO_LARGE, TOO_MANY, AWAY = 413, 429, 503


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes
    wait: timedelta | None

    @property
    def well(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004 - what HTTP calls success


def post(feed: Feed, body: bytes, headers: Mapping[str, str], clock: Clock) -> Reply | Answer:
    """The reply, or why there is none. Never raises over what a receiver does; call it outside a transaction."""
    try:
        with _session(feed) as session, _sent(session, feed, body, headers) as response:
            return Reply(response.status_code, _read(response, clock), _wait(response.headers))
    except SiteError as error:
        return Answer(fault=str(error).replace("The site's", "The receiver's"))
    except requests.RequestException as error:
        return Answer(fault="It cannot be reached." if never_connected(error) else "It did not answer.")
    except (HTTPError, OSError, ValueError):
        return Answer(fault="It did not answer.")


def told(reply: Reply, batch: int) -> Answer:
    """What a status other than success means for a batch of so many. Nothing the receiver wrote is kept."""
    fault = f"It answered {reply.status}."
    if reply.status in OF_THE_BATCH:
        return Answer(fault=fault, refused=True, of_many=batch > 1)
    return Answer(fault=fault, wait=reply.wait if reply.status in {TOO_MANY, AWAY} else None)


def words(text: object) -> str:
    """What a receiver said, cut to what a page and a log can bear."""
    return one_line(text)[:LONGEST_WORDS].strip() if isinstance(text, str) else ""


def _sent(
    session: requests.Session, feed: Feed, body: bytes, headers: Mapping[str, str]
) -> requests.Response:
    plain = {"Accept-Encoding": "identity", **headers}
    return session.post(
        feed.target, data=body, headers=plain, timeout=TIMEOUT, allow_redirects=False, stream=True
    )


@contextmanager
def _session(feed: Feed) -> Iterator[requests.Session]:
    with pinned_session(allow_private=feed.terms.allow_private) as session:
        if not feed.terms.believe:
            yield session
            return
        # The library takes certificates from a file alone.
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as believed:
            believed.write(feed.terms.believe)
            believed.flush()
            session.verify = believed.name
            yield session


def _wait(headers: Mapping[str, str]) -> timedelta | None:
    said = headers.get("Retry-After", "")
    if not (said.isascii() and said.isdigit() and len(said) < 8):  # noqa: PLR2004 - 115 days, cut below anyway
        return None
    return min(timedelta(seconds=int(said)), LONGEST_WAIT)


def _read(response: requests.Response, clock: Clock) -> bytes:
    started, body = clock.now(), bytearray()
    while len(body) < LARGEST_ANSWER and (chunk := response.raw.read1(65536, decode_content=False)):
        body += chunk
        if clock.now() - started > timedelta(seconds=TIMEOUT[1]):
            break
    return bytes(body[:LARGEST_ANSWER])
