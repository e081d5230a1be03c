"""One signed call to a companion: what is sent, and what each way of failing means.

``effect_unknown`` is the point: only when it is certain that the site did not
act may the broker say so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError

from broker.adapters.companion.refusals import refusal
from broker.adapters.kind import Connection
from broker.adapters.pinned import never_connected, pinned_session
from broker.adapters.reach import Resolve, resolve
from broker.clock import new_id
from broker.errors import SiteError

HEADER = "X-Emergency-Access-Call"
LARGEST_ANSWER = 4 * 1024 * 1024
_OK = 200
_CHUNK = 65536


Explain = Callable[[int, Mapping[str, Any] | None], SiteError | None]


def _nothing_special(status: int, answer: Mapping[str, Any] | None) -> None:  # noqa: ARG001
    return None


@dataclass(frozen=True)
class Door:
    """Where a kind of site takes calls.

    ``space`` begins every route; the signature is over the route, not over the
    address. ``by_query`` sends the route as ``rest_route``, which works with and
    without pretty permalinks; otherwise ``prefix`` and route follow the address.
    ``explain`` knows the answers of the platform itself (status, JSON object),
    given before the companion was asked.
    """

    base_url: str
    space: str
    prefix: str = ""
    by_query: bool = False
    auth: AuthBase | None = None
    explain: Explain = _nothing_special

    def address(self, verb: str) -> str:
        base = self.base_url.rstrip("/")
        return base + "/" if self.by_query else base + self.prefix + self.space + verb

    def params(self, verb: str) -> dict[str, str]:
        return {"rest_route": self.space + verb} if self.by_query else {}


class Caller:
    """Posts signed calls to one site. ``timeout`` is (connect, read) in seconds."""

    def __init__(
        self,
        door: Door,
        connection: Connection,
        *,
        session: requests.Session | None = None,
        timeout: tuple[float, float] = (3, 5),
        resolver: Resolve = resolve,
    ) -> None:
        self._door = door
        self._connection = connection
        self._clock = connection.clock
        self._session = session or pinned_session(allow_private=connection.allow_private, resolver=resolver)
        self._timeout = timeout

    def post(self, verb: str, **said: Any) -> dict[str, Any]:
        """The companion's JSON answer to this very call, or SiteError. ``said`` is the body, beside ``documents``."""
        body = json.dumps({"documents": [], **said}, separators=(",", ":")).encode()
        nonce = new_id("call")
        # By the machine's own time, as the site goes by its own: a broker whose time once jumped ahead, and
        # goes on from there so that nothing revives, must still be able to revoke.
        envelope = self._sign(self._door.space + verb, body, nonce)
        status, raw = self._exchange(verb, body, envelope)
        answer = _json_object(raw)
        if status != _OK:
            raise self._door.explain(status, answer) or refusal(status, answer, self._clock.wall())
        if answer is None or answer.get("call") != nonce:
            raise _nonsense()
        return answer

    def _sign(self, route: str, body: bytes, nonce: str) -> str:
        site, mark = self._connection.site, self._connection.mark()
        return self._connection.signer.sign_call(site, route, body, self._clock.wall(), nonce, mark)

    def _exchange(self, verb: str, body: bytes, envelope: str) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json", "Accept": "application/json", HEADER: envelope}
        try:
            with self._session.post(
                self._door.address(verb),
                params=self._door.params(verb),
                auth=self._door.auth,
                data=body,
                headers=headers,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                return response.status_code, self._read(response)
        except requests.RequestException as error:
            raise _failure(error) from None
        except (HTTPError, OSError):
            raise _no_answer() from None

    def _read(self, response: requests.Response) -> bytes:
        started, raw = self._clock.now(), bytearray()
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            raw += chunk
            # A site that drips one byte at a time never runs into the read time-out.
            if (self._clock.now() - started).total_seconds() > self._timeout[1]:
                raise _no_answer()
            if len(raw) > LARGEST_ANSWER:
                raise _nonsense()
        return bytes(raw)


def _json_object(raw: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _failure(error: requests.RequestException) -> SiteError:
    if never_connected(error):
        return SiteError(
            "The site cannot be reached.",
            effect_unknown=False,
            help="Check that the site is up and that its address and certificate are right: broker doctor",
        )
    return _no_answer()


def _no_answer() -> SiteError:
    return SiteError("The site took the call but did not answer it.", effect_unknown=True)


def _nonsense() -> SiteError:
    return SiteError(
        "The site answered, but not with what the companion says.",
        effect_unknown=True,
        help="Look whether a cache, a firewall or another plugin answers in the companion's place: broker doctor",
    )
