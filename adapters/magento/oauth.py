"""OAuth 1.0a as Magento's integrations want it: HMAC-SHA256, in the Authorization header.

The signature covers the address as PHP sees it behind its proxies, which need
not be the address that is called: a proxy that hands on the host without its
port, or http in place of https, makes every call fail with 401.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from authlib.oauth1.rfc5849.parameters import prepare_headers
from authlib.oauth1.rfc5849.signature import construct_base_string
from authlib.oauth1.rfc5849.util import escape
from requests import PreparedRequest
from requests.auth import AuthBase

from broker.clock import Clock, new_id

METHOD = "HMAC-SHA256"
SECRETS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
BACKDATED = timedelta(days=1)
"""Magento refuses a time more than ten minutes ahead of its own, and any age is fine.

Which clocks are too far apart to give access is for the module to say; taking
access back must not fail on a broker whose clock is fast. The nonce that keeps
a call from counting twice is the one inside its envelope.
"""


class IntegrationAuth(AuthBase):
    """Signs requests below ``base_url`` as if they had been sent below ``signing_base_url``.

    ``secrets`` holds all of SECRETS, as Magento shows them when the integration is activated.
    """

    def __init__(
        self, secrets: Mapping[str, str], clock: Clock, base_url: str, signing_base_url: str = ""
    ) -> None:
        self._secrets = secrets
        self._clock = clock
        self._path = urlsplit(base_url).path.rstrip("/")
        self._seen_as = signing_base_url.rstrip("/")

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        said = {
            "oauth_consumer_key": self._secrets["consumer_key"],
            "oauth_nonce": new_id("oauth"),
            "oauth_signature_method": METHOD,
            "oauth_timestamp": str(int((self._clock.wall() - BACKDATED).timestamp())),
            "oauth_token": self._secrets["access_token"],
            "oauth_version": "1.0",
        }
        url = self._as_php_sees(request.url or "")
        said["oauth_signature"] = signature(self._secrets, request.method or "", url, said)
        request.headers.update(prepare_headers(list(said.items()), {}))
        return request

    def _as_php_sees(self, url: str) -> str:
        return self._seen_as + urlsplit(url).path.removeprefix(self._path) if self._seen_as else url


def signature(secrets: Mapping[str, str], method: str, url: str, said: Mapping[str, str]) -> str:
    """What ``oauth_signature`` must be (RFC 5849). The JSON body is not in it; the call's own envelope covers that."""
    key = f"{escape(secrets['consumer_secret'])}&{escape(secrets['access_token_secret'])}"
    base = construct_base_string(method, url, [(name, escape(value)) for name, value in said.items()])
    return base64.b64encode(hmac.digest(key.encode(), base.encode(), hashlib.sha256)).decode()


def is_base_url(text: str) -> bool:
    """Whether ``text`` can stand in front of a route: scheme and host, perhaps port and path, nothing else."""
    try:
        parts = urlsplit(text)
        # Reading the port is what finds out that it is none.
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not (parts.query or parts.fragment)
