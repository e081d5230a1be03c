"""A session that calls exactly the addresses that were checked.

Checking a name and then letting the HTTP library look it up again would let
whoever answers for the name say one thing to the check and another to the call.
So each call goes to an address by its number; the certificate, SNI and the Host
header stay the name's. Should a later version of the library no longer ask for
the name here, TLS fails instead of checking nothing.
"""

from __future__ import annotations

import ssl
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from broker.adapters.reach import (
    Address,
    Resolve,
    check_reachable,
    read_address,
    resolve,
    unreadable,
)


def pinned_session(*, allow_private: bool, resolver: Resolve = resolve) -> requests.Session:
    """A session for calls to one site; raises :class:`broker.errors.SiteError` for an address not allowed.

    Each request, one that a redirect led to included, is checked by itself.
    """
    return _Session(resolver, allow_private=allow_private)


def mount_pinned(session: requests.Session, *, allow_private: bool, resolver: Resolve = resolve) -> None:
    """Let a library's own session call checked addresses only, and take nothing from the environment."""
    # Neither proxies nor a netrc password may be picked up from there.
    session.trust_env = False
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Pinned(resolver, allow_private=allow_private))


def never_connected(error: requests.RequestException) -> bool:
    """Whether the request was certainly not sent: no connection, or one whose certificate is wrong."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    reason = getattr(error.args[0], "reason", error.args[0]) if error.args else None
    if isinstance(reason, NewConnectionError | ConnectTimeoutError):
        return True
    inner = getattr(reason, "args", (None,))
    return bool(inner) and isinstance(inner[0], ssl.SSLCertVerificationError)


class _Session(requests.Session):
    def __init__(self, resolver: Resolve, *, allow_private: bool) -> None:
        super().__init__()
        self._allow_private = allow_private
        mount_pinned(self, allow_private=allow_private, resolver=resolver)

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        # As it was typed in: preparing mends some addresses until they look harmless.
        read_address(str(request.url), allow_private=self._allow_private)
        try:
            return super().prepare_request(request)
        except ValueError:
            raise unreadable() from None


# Each one that does not answer costs a whole connect time-out.
_MOST_TRIED = 4


class _Pinned(HTTPAdapter):
    """Tries a name's addresses in turn, as long as nothing was sent to any."""

    def __init__(self, resolver: Resolve, *, allow_private: bool) -> None:
        super().__init__()
        self._resolver = resolver
        self._allow_private = allow_private

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        url = request.url or ""
        addresses = check_reachable(url, allow_private=self._allow_private, resolver=self._resolver)
        *first, last = addresses[:_MOST_TRIED]
        for address in first:
            try:
                return super().send(_towards(address, request), *args, **kwargs)
            except requests.ConnectionError as error:
                if not never_connected(error):
                    raise
        return super().send(_towards(last, request), *args, **kwargs)

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[Any, Any]:
        host, tls = super().build_connection_pool_key_attributes(request, verify, cert)
        if host["scheme"] != "https":
            return host, tls
        return host, {**tls, "server_hostname": urlsplit("//" + request.headers["Host"]).hostname}


def _towards(address: Address, request: requests.PreparedRequest) -> requests.PreparedRequest:
    parts, pinned = urlsplit(request.url or ""), request.copy()
    port = "" if parts.port is None else f":{parts.port}"
    host = f"[{address}]" if address.version == 6 else str(address)  # noqa: PLR2004 - IPv6
    pinned.headers["Host"] = parts.netloc
    pinned.url = urlunsplit(parts._replace(netloc=host + port))
    return pinned
