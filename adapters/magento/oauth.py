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

from broker.adapters.kind import Connection
from broker.clock import new_id
from broker.errors import SiteError

METHOD = "HMAC-SHA256"
SECRETS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
BACKDATED = timedelta(days=1)
"""Magento refuses a time more than ten minutes ahead of its own, and any age is fine.

Which clocks are too far apart to give access is for the module to say; taking
access back must not fail on a broker whose clock is fast. The nonce that keeps
a call from counting twice is the one inside its envelope.
"""


class IntegrationAuth(AuthBase):
    """Signs requests to the site, as if sent below the option ``signing_base_url`` where there is one.

    The secrets are those of SECRETS, as Magento shows them when the integration is
    activated. What is missing or wrong is found when a call is made: SiteError.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        secrets = self._secrets()
        said = {
            "oauth_consumer_key": secrets["consumer_key"],
            "oauth_nonce": new_id("oauth"),
            "oauth_signature_method": METHOD,
            "oauth_timestamp": str(int((self._connection.clock.wall() - BACKDATED).timestamp())),
            "oauth_token": secrets["access_token"],
            "oauth_version": "1.0",
        }
        url = self._as_php_sees(request.url or "")
        said["oauth_signature"] = signature(secrets, request.method or "", url, said)
        request.headers.update(prepare_headers(list(said.items()), {}))
        return request

    def _secrets(self) -> Mapping[str, str]:
        secrets = self._connection.secrets
        missing = [name for name in SECRETS if not secrets.get(name)]
        if missing:
            raise SiteError(
                f"The shop's integration keys are not all here: {', '.join(missing)}.",
                effect_unknown=False,
                help="Enter each as Magento shows it when the integration is activated: broker site secret "
                f"{self._connection.site} {missing[0]}",
            )
        return secrets

    def _as_php_sees(self, url: str) -> str:
        seen_as = self._connection.options.get("signing_base_url", "").rstrip("/")
        if not seen_as:
            return url
        if not _is_base_url(seen_as):
            raise SiteError(
                "The option signing_base_url is no address.",
                effect_unknown=False,
                help="Give scheme and host as PHP sees them, such as https://shop.example, or take the option away.",
            )
        return seen_as + urlsplit(url).path.removeprefix(urlsplit(self._connection.base_url).path.rstrip("/"))


def signature(secrets: Mapping[str, str], method: str, url: str, said: Mapping[str, str]) -> str:
    """What ``oauth_signature`` must be (RFC 5849). The JSON body is not in it; the call's own envelope covers that."""
    key = f"{escape(secrets['consumer_secret'])}&{escape(secrets['access_token_secret'])}"
    base = construct_base_string(method, url, [(name, escape(value)) for name, value in said.items()])
    return base64.b64encode(hmac.digest(key.encode(), base.encode(), hashlib.sha256)).decode()


def _is_base_url(text: str) -> bool:
    """Whether ``text`` can stand in front of a route: scheme and host, perhaps port and path, nothing else."""
    try:
        parts = urlsplit(text)
        # Reading the port is what finds out that it is none.
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not (parts.query or parts.fragment)
