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
from urllib.parse import urlsplit

from authlib.oauth1.rfc5849.client_auth import ClientAuth
from authlib.oauth1.rfc5849.signature import generate_signature_base_string
from authlib.oauth1.rfc5849.util import escape
from authlib.oauth1.rfc5849.wrapper import OAuth1Request
from requests import PreparedRequest
from requests.auth import AuthBase

METHOD = "HMAC-SHA256"
SECRETS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")


class IntegrationAuth(AuthBase):
    """Signs requests below ``base_url`` as if they had been sent below ``signing_base_url``.

    ``secrets`` holds all of SECRETS, as Magento shows them when the integration is activated.
    """

    def __init__(self, secrets: Mapping[str, str], base_url: str, signing_base_url: str = "") -> None:
        key, secret, token, token_secret = (secrets[name] for name in SECRETS)
        self._client = ClientAuth(key, secret, token, token_secret, signature_method=METHOD)
        self._base = base_url.rstrip("/")
        self._seen_as = (signing_base_url or base_url).rstrip("/")

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        # The JSON body is not covered by OAuth; the call's own signature covers it.
        signed = self._client.sign(request.method, self._as_php_sees(request.url or ""), {}, b"")
        request.headers["Authorization"] = signed[1]["Authorization"]
        return request

    def _as_php_sees(self, url: str) -> str:
        if not url.startswith(self._base):
            raise ValueError("a request goes to the site it is signed for")
        return self._seen_as + url[len(self._base) :]


def is_base_url(text: str) -> bool:
    """Whether ``text`` can stand in front of a route: scheme and host, perhaps port and path, nothing else."""
    try:
        parts = urlsplit(text)
        # Reading the port is what finds out that it is none.
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not (parts.query or parts.fragment)


def _sign(client: ClientAuth, request: OAuth1Request) -> str:
    key = f"{escape(client.client_secret)}&{escape(client.token_secret)}"
    base = generate_signature_base_string(request)
    return base64.b64encode(hmac.digest(key.encode(), base.encode(), hashlib.sha256)).decode()


ClientAuth.register_signature_method(METHOD, _sign)
