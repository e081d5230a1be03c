"""Keys wrapped by a symmetric key of AWS KMS; the key itself never leaves it."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from broker.errors import ConfigurationError, Conflict, Unavailable
from broker.key_encryption.settings import WrappingSettings
from broker.key_encryption.wrapping import WrappedKey, WrongWrapping

KIND = "aws-kms:"
ANSWERS_WITHIN = 5  # seconds
_ARN = re.compile(r"arn:[^:]+:kms:([^:]+):[^:]+:key/[^/]+\Z")
_REFUSED = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})


def kms_client(settings: WrappingSettings) -> Any:
    """boto3's client; credentials are found the way AWS documents it, which may ask the machine's own network."""
    patience = Config(
        connect_timeout=ANSWERS_WITHIN, read_timeout=ANSWERS_WITHIN, retries={"total_max_attempts": 1}
    )
    named = _ARN.match(settings.aws_kms_key)
    with _asking():
        return boto3.Session().client(
            "kms",
            region_name=settings.aws_kms_region or (named[1] if named else None),
            endpoint_url=settings.aws_kms_endpoint or None,
            config=patience,
        )


class KmsKeys:
    """One key of AWS KMS. What AWS rotates behind its id needs nothing from us."""

    def __init__(self, key: str, connect: Callable[[], Any]) -> None:
        """``key`` is an ARN, an id or an alias; ``connect`` is called when a client is first needed."""
        if not key:
            raise ConfigurationError(
                "BROKER_KEY_ENCRYPTION=aws-kms lacks a key.", help="Set BROKER_AWS_KMS_KEY to a key's ARN."
            )
        self._key, self._connect, self._lock = key, connect, threading.Lock()
        self._connected: Any = None
        self._arn = key if _ARN.match(key) else ""

    @property
    def current_id(self) -> str:
        return _id(self._resolved())

    def knows(self, key_id: str) -> bool:
        return key_id.startswith(KIND)

    def wrap(self, secret: bytes, context: bytes) -> WrappedKey:
        client = self._client
        with _asking():
            answer = client.encrypt(KeyId=self._key, Plaintext=secret, EncryptionContext=_bound(context))
        return WrappedKey(_id(answer["KeyId"]), answer["CiphertextBlob"])

    def unwrap(self, wrapped: WrappedKey, context: bytes) -> bytes:
        # Named, because KMS would also decrypt by any other key that the ciphertext names.
        arn = self._resolved().rpartition("/")[0] + "/" + wrapped.key_id.removeprefix(KIND)
        client = self._client
        with _asking():
            answer = client.decrypt(KeyId=arn, CiphertextBlob=wrapped.blob, EncryptionContext=_bound(context))
        return bytes(answer["Plaintext"])

    def rotate(self) -> str:
        """Conflict: AWS rotates a key itself, under the same id."""
        raise Conflict(
            "AWS KMS rotates the key itself; what it wrapped stays readable, and nothing has to be moved.",
            help="To move to another key, set BROKER_AWS_KMS_KEY to it and run: broker keys recordings rewrap",
        )

    @property
    def _client(self) -> Any:
        with self._lock:
            self._connected = self._connected or self._connect()
            return self._connected

    def _resolved(self) -> str:
        if not self._arn:
            client = self._client
            with _asking():
                self._arn = str(client.describe_key(KeyId=self._key)["KeyMetadata"]["Arn"])
        return self._arn


def _id(arn: str) -> str:
    return KIND + arn.rpartition("/")[2]


def _bound(context: bytes) -> dict[str, str]:
    return {"broker": context.decode("ascii")}


@contextmanager
def _asking() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _REFUSED:
            raise WrongWrapping from None
        raise _unavailable(error) from error
    except (BotoCoreError, KeyError, ValueError) as error:
        raise _unavailable(error) from error


def _unavailable(error: Exception) -> Unavailable:
    code = error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else ""
    return Unavailable(
        f"AWS KMS, which wraps keys, does not answer or refuses the broker{f' ({code})' if code else ''}.",
        help="Check BROKER_AWS_KMS_REGION, the key's state, and that the broker may kms:Encrypt, kms:Decrypt and kms:DescribeKey. "
        "Access that is due to end still ends.",
    )
