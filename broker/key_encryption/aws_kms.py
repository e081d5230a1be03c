"""Keys wrapped by a symmetric key of AWS KMS; the key itself never leaves it."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
_ARN = re.compile(r"arn:[^:]+:kms:[^:]+:[^:]+:key/[^/]+\Z")
_REFUSED = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})


def kms_client(settings: WrappingSettings) -> Any:
    """boto3's client; credentials are found the way AWS documents it. Asks nobody yet."""
    patience = Config(
        connect_timeout=ANSWERS_WITHIN, read_timeout=ANSWERS_WITHIN, retries={"total_max_attempts": 1}
    )
    try:
        return boto3.client(
            "kms",
            region_name=settings.aws_kms_region or None,
            endpoint_url=settings.aws_kms_endpoint or None,
            config=patience,
        )
    except (BotoCoreError, ValueError) as error:
        raise ConfigurationError(
            f"AWS KMS cannot be used: {error}", help="Set BROKER_AWS_KMS_REGION, or check the credentials."
        ) from error


class KmsKeys:
    """One key of AWS KMS. What AWS rotates behind its id needs nothing from us."""

    def __init__(self, key: str, client: Any) -> None:
        """``key`` is an ARN, an id or an alias."""
        if not key:
            raise ConfigurationError(
                "BROKER_KEY_ENCRYPTION=aws-kms lacks a key.", help="Set BROKER_AWS_KMS_KEY to a key's ARN."
            )
        self._key, self._client = key, client
        self._arn = key if _ARN.match(key) else ""

    @property
    def current_id(self) -> str:
        return _id(self._resolved())

    def knows(self, key_id: str) -> bool:
        return key_id.startswith(KIND)

    def wrap(self, secret: bytes, context: bytes) -> WrappedKey:
        with _asking():
            answer = self._client.encrypt(
                KeyId=self._key, Plaintext=secret, EncryptionContext=_bound(context)
            )
        return WrappedKey(_id(answer["KeyId"]), answer["CiphertextBlob"])

    def unwrap(self, wrapped: WrappedKey, context: bytes) -> bytes:
        # Named, because KMS would also decrypt by any other key that the ciphertext names.
        arn = self._resolved().rpartition("/")[0] + "/" + wrapped.key_id.removeprefix(KIND)
        with _asking():
            answer = self._client.decrypt(
                KeyId=arn, CiphertextBlob=wrapped.blob, EncryptionContext=_bound(context)
            )
        return bytes(answer["Plaintext"])

    def rotate(self) -> str:
        """Conflict: AWS rotates a key itself, under the same id."""
        raise Conflict(
            "AWS KMS rotates the key itself; what it wrapped stays readable, and nothing has to be moved.",
            help="To move to another key, set BROKER_AWS_KMS_KEY to it and run: broker keys recordings rewrap",
        )

    def _resolved(self) -> str:
        if not self._arn:
            with _asking():
                self._arn = str(self._client.describe_key(KeyId=self._key)["KeyMetadata"]["Arn"])
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
    except (BotoCoreError, KeyError) as error:
        raise _unavailable(error) from error


def _unavailable(error: Exception) -> Unavailable:
    code = error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else ""
    return Unavailable(
        f"AWS KMS, which wraps keys, does not answer or refuses the broker{f' ({code})' if code else ''}.",
        help="Check the key's state and that the broker may kms:Encrypt, kms:Decrypt and kms:DescribeKey. "
        "Access that is due to end still ends.",
    )
