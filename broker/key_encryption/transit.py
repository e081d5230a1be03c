"""Keys wrapped by the transit engine of HashiCorp Vault or OpenBao; the key itself never leaves it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import hvac
import requests
from hvac.exceptions import InvalidRequest, VaultError

from broker.errors import ConfigurationError, Unavailable
from broker.key_encryption.settings import WrappingSettings
from broker.key_encryption.wrapping import WrappedKey, WrongWrapping

KIND = "transit:"
ANSWERS_WITHIN = 5  # seconds
_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")
_CIPHERTEXT = re.compile(r"[a-z]{1,20}:v(\d{1,9}):[A-Za-z0-9+/=]+\Z")
# The engine's one way to say that a ciphertext is not what it made, or not for this context.
_REFUSED = re.compile(r"cipher: message authentication failed|invalid ciphertext|unable to decrypt")


class TransitKeys:
    """One named key of a transit engine; its versions are the ring. The key must be of an AEAD type."""

    def __init__(self, settings: WrappingSettings) -> None:
        if not settings.transit_url or not (settings.transit_token or settings.transit_token_file):
            raise ConfigurationError(
                "BROKER_KEY_ENCRYPTION=transit lacks the engine's address or a token for it.",
                help="Set BROKER_TRANSIT_URL, and BROKER_TRANSIT_TOKEN_FILE or BROKER_TRANSIT_TOKEN.",
            )
        _refuse_clear_text(settings.transit_url)
        self._settings = settings
        self._about = {"name": settings.transit_key, "mount_point": settings.transit_mount}

    @property
    def current_id(self) -> str:
        with self._asking() as engine:
            return self._id(int(engine.read_key(**self._about)["data"]["latest_version"]))

    def knows(self, key_id: str) -> bool:
        return key_id.startswith(KIND)

    def wrap(self, secret: bytes, context: bytes) -> WrappedKey:
        with self._asking() as engine:
            answer = engine.encrypt_data(
                plaintext=_base64(secret), associated_data=_base64(context), **self._about
            )
            ciphertext = str(answer["data"]["ciphertext"])
        found = _CIPHERTEXT.match(ciphertext)
        if found is None:
            raise self._unavailable()
        return WrappedKey(self._id(found[1]), ciphertext.encode("ascii"))

    def unwrap(self, wrapped: WrappedKey, context: bytes) -> bytes:
        ciphertext = wrapped.blob.decode("ascii", "replace")
        found = _CIPHERTEXT.match(ciphertext)
        if found is None or self._id(found[1]) != wrapped.key_id:
            raise WrongWrapping
        with self._asking() as engine:
            answer = engine.decrypt_data(
                ciphertext=ciphertext, associated_data=_base64(context), **self._about
            )
            return base64.b64decode(answer["data"]["plaintext"], validate=True)

    def rotate(self) -> str:
        with self._asking() as engine:
            engine.rotate_key(**self._about)
        return self.current_id

    def _id(self, version: int | str) -> str:
        return f"{KIND}{self._settings.transit_key[:40]}:v{version}"

    @contextmanager
    def _asking(self) -> Iterator[Any]:
        try:
            # A client is made for each use: the agent renews the token beside us.
            with requests.Session() as session:
                yield self._client(session).secrets.transit
        except InvalidRequest as error:
            if _REFUSED.search(str(error)):
                raise WrongWrapping from None
            raise self._unavailable() from error
        except (VaultError, requests.RequestException, KeyError, TypeError, ValueError, OSError) as error:
            raise self._unavailable() from error

    def _client(self, session: requests.Session) -> Any:
        wanted = self._settings
        return hvac.Client(
            url=wanted.transit_url,
            token=_token(wanted),
            namespace=wanted.transit_namespace or None,
            verify=str(wanted.transit_ca_file) if wanted.transit_ca_file else True,
            timeout=ANSWERS_WITHIN,
            session=session,
        )

    def _unavailable(self) -> Unavailable:
        return Unavailable(
            "The transit engine that wraps keys does not answer, or refuses the broker.",
            help="Look whether it is sealed or gone, and whether the token may use the key "
            f"{self._settings.transit_key}. Access that is due to end still ends.",
        )


def _refuse_clear_text(url: str) -> None:
    address = urlsplit(url)
    if address.scheme != "https" and address.hostname not in _THIS_MACHINE:
        raise ConfigurationError(
            "BROKER_TRANSIT_URL is not https, and the keys themselves travel there.",
            help="Give it TLS; plain http is for an agent on this machine (127.0.0.1) alone.",
        )


def _token(settings: WrappingSettings) -> str:
    if settings.transit_token_file:
        return Path(settings.transit_token_file).read_text(encoding="ascii").strip()
    return settings.transit_token.get_secret_value() if settings.transit_token else ""


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
