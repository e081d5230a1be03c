"""One event pushed to one receiver (RFC 8935), and what its answer means."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import requests
from urllib3.exceptions import HTTPError

from broker.adapters.pinned import never_connected, pinned_session
from broker.clock import Clock
from broker.credentials.signals.receivers import Receiver
from broker.credentials.signals.security_event import MEDIA_TYPE
from broker.errors import SiteError

ACCEPTED, REFUSED, TOO_MANY, AWAY = 202, 400, 429, 503
TIMEOUT = (5.0, 10.0)
LARGEST_ANSWER = 16 * 1024
LONGEST_WAIT = timedelta(hours=1)
LONGEST_CODE, LONGEST_WORDS = 60, 200
# Of RFC 8935's codes, those that speak of the sender and not of this one event.
_OF_THE_SENDER = frozenset({"authentication_failed", "access_denied"})


@dataclass(frozen=True)
class Answer:
    """``fault`` is empty once the receiver has it. ``this_event``: it is to blame, and others may pass.

    ``wait`` is what the receiver asked for, None when it asked for nothing.
    """

    fault: str = ""
    this_event: bool = False
    wait: timedelta | None = None

    @property
    def taken(self) -> bool:
        return not self.fault


def push(receiver: Receiver, text: str, authorization: str, clock: Clock) -> Answer:
    """Send the event ``text``. Never raises over what a receiver does; call it outside a transaction."""
    headers = {"Content-Type": MEDIA_TYPE, "Accept": "application/json", "Accept-Encoding": "identity"}
    if authorization:
        headers["Authorization"] = authorization
    try:
        with (
            pinned_session(allow_private=receiver.allow_private) as session,
            session.post(
                receiver.url,
                data=text.encode("ascii"),
                headers=headers,
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
            ) as response,
        ):
            return _judged(response, _read(response, clock))
    except SiteError as error:
        return Answer(str(error).replace("The site's", "The receiver's"))
    except requests.RequestException as error:
        return Answer("It cannot be reached." if never_connected(error) else "It did not answer.")
    except (HTTPError, OSError, ValueError):
        return Answer("It did not answer.")


def _judged(response: requests.Response, body: bytes) -> Answer:
    status = response.status_code
    if status == ACCEPTED:
        return Answer()
    if status == REFUSED:
        code, words = _said(body)
        fault = f"It refused the event: {code or 'no code'}. {words}".strip()
        return Answer(fault, this_event=code not in _OF_THE_SENDER)
    wait = _wait(response.headers) if status in {TOO_MANY, AWAY} else None
    return Answer(f"It answered {status}, not 202 Accepted.", wait=wait)


def _said(body: bytes) -> tuple[str, str]:
    """``err`` and ``description``, cut to what a page and a log can bear."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(answer, dict):
        return "", ""
    return _line(answer.get("err"), LONGEST_CODE), _line(answer.get("description"), LONGEST_WORDS)


def _line(text: Any, longest: int) -> str:
    if not isinstance(text, str):
        return ""
    return "".join(letter if letter.isprintable() else " " for letter in text[:longest]).strip()


def _wait(headers: Mapping[str, str]) -> timedelta | None:
    told = headers.get("Retry-After", "")
    if not (told.isascii() and told.isdigit() and len(told) < 8):  # noqa: PLR2004 - 115 days, cut below anyway
        return None
    return min(timedelta(seconds=int(told)), LONGEST_WAIT)


def _read(response: requests.Response, clock: Clock) -> bytes:
    started, body = clock.now(), bytearray()
    while len(body) < LARGEST_ANSWER and (chunk := response.raw.read1(4096, decode_content=False)):
        body += chunk
        if clock.now() - started > timedelta(seconds=TIMEOUT[1]):
            break  # the status is what counts
    return bytes(body[:LARGEST_ANSWER])
