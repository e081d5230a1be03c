"""One call to WordPress's own REST API, and what each way of failing means."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from requests.auth import HTTPBasicAuth
from urllib3.exceptions import HTTPError

from broker.adapters.kind import Connection
from broker.adapters.pinned import never_connected, pinned_session
from broker.adapters.reach import Resolve, resolve
from broker.adapters.wordpress_core.refusals import credentials_missing, refusal
from broker.errors import SiteError

LARGEST_ANSWER = 8 * 1024 * 1024
_OK = range(200, 300)
_CHUNK = 65536


@dataclass(frozen=True)
class Reply:
    """``value`` is the answer's JSON, ``text`` its beginning where it was none; ``site_time`` is UTC."""

    value: Any
    text: str
    site_time: datetime


class CoreRest:
    """Calls as the broker's own account. ``timeout`` is (connect, read) in seconds."""

    def __init__(
        self,
        connection: Connection,
        *,
        session: requests.Session | None = None,
        timeout: tuple[float, float] = (3, 10),
        resolver: Resolve = resolve,
    ) -> None:
        self._base = connection.base_url.rstrip("/") + "/"
        self._secrets = connection.secrets
        self._site = connection.site
        self._clock = connection.clock
        self._timeout = timeout
        self._session = session or pinned_session(allow_private=connection.allow_private, resolver=resolver)

    def get(self, route: str, **params: Any) -> Reply:
        """The route with and without pretty permalinks. SiteError or Refusal when it is not answered."""
        return self._call("GET", {"rest_route": route, **params}, None)

    def post(self, route: str, **body: Any) -> Reply:
        return self._call("POST", {"rest_route": route}, body)

    def delete(self, route: str) -> Reply:
        # Some hosts let only GET and POST through; WordPress takes the method from here.
        return self._call("POST", {"rest_route": route, "_method": "DELETE"}, {})

    def page(self, **params: Any) -> Reply:
        """A page of the site itself, as anybody sees it."""
        return self._call("GET", params, None, public=True)

    def _call(self, method: str, params: Mapping[str, Any], body: Any, *, public: bool = False) -> Reply:
        try:
            with self._session.request(
                method,
                self._base,
                params=params,
                json=body,
                auth=None if public else self._auth(),
                headers={"Accept": "*/*" if public else "application/json"},
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                raw, status, date = self._read(response), response.status_code, response.headers.get("Date")
        except requests.RequestException as error:
            raise _failure(error, method) from None
        except (HTTPError, OSError):
            raise _no_answer(method) from None
        value = _json(raw)
        if status not in _OK or (value is None and not public):
            raise refusal(method, status, value, self._site)
        return Reply(value, raw[:_CHUNK].decode("utf-8", "replace"), self._instant(date))

    def _auth(self) -> HTTPBasicAuth:
        user, password = self._secrets.get("user"), self._secrets.get("application_password")
        if not user or not password:
            raise credentials_missing(self._site)
        return HTTPBasicAuth(user.encode(), password.encode())

    def _read(self, response: requests.Response) -> bytes:
        started, raw = self._clock.now(), bytearray()
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            raw += chunk
            # A site that drips one byte at a time never runs into the read time-out.
            late = (self._clock.now() - started).total_seconds() > self._timeout[1]
            if late or len(raw) > LARGEST_ANSWER:
                raise OSError
        return bytes(raw)

    def _instant(self, date: str | None) -> datetime:
        try:
            return parsedate_to_datetime(date or "").astimezone(UTC)
        except ValueError:
            return self._clock.wall()


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _failure(error: requests.RequestException, method: str) -> SiteError:
    if never_connected(error):
        return SiteError(
            "The site cannot be reached.",
            effect_unknown=False,
            help="Check that the site is up and that its address and certificate are right: broker doctor",
        )
    return _no_answer(method)


def _no_answer(method: str) -> SiteError:
    return SiteError("The site took the call but did not answer it.", effect_unknown=method != "GET")
