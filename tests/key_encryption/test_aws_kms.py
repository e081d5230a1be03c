"""AWS KMS, as somebody else's stand-in answers and as its documented errors come."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError
from botocore.stub import Stubber

from broker.errors import ConfigurationError, Conflict, Unavailable
from broker.key_encryption.aws_kms import KmsKeys, kms_client
from broker.key_encryption.settings import WrappingSettings
from broker.key_encryption.wrapping import WrappedKey, WrongWrapping

CONTEXT = b"broker.vault:rec_1"
ARN = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
WRAPPED = WrappedKey("aws-kms:1234abcd-12ab-34cd-56ef-1234567890ab", b"blob")


def connect() -> object:
    return kms_client(WrappingSettings())


@pytest.fixture(scope="session")
def client() -> object:
    """One for all: making it is slow, and the stub answers in its place."""
    return boto3.client("kms", "eu-central-1", aws_access_key_id="nobodys", aws_secret_access_key="nobodys")


@pytest.fixture
def stub(client: object) -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber


def test_an_alias_is_followed_to_its_key(aws: str) -> None:
    """The id that is stored names the key and not the alias, which may come to mean another."""
    boto3.client("kms").create_alias(AliasName="alias/broker", TargetKeyId=aws)
    by_alias = KmsKeys("alias/broker", connect)
    wrapped = by_alias.wrap(b"secret", CONTEXT)
    assert wrapped.key_id == by_alias.current_id == "aws-kms:" + aws.rpartition("/")[2]
    assert KmsKeys(aws, connect).unwrap(wrapped, CONTEXT) == b"secret"


def test_what_a_former_key_wrapped_opens_still(aws: str) -> None:
    """After a move to another key of the same account the former one is named when it is asked."""
    before = KmsKeys(aws, connect).wrap(b"secret", CONTEXT)
    other = boto3.client("kms").create_key()["KeyMetadata"]["Arn"]
    moved = KmsKeys(other, connect)
    assert moved.unwrap(before, CONTEXT) == b"secret"
    assert moved.current_id != before.key_id


def test_it_is_asked_for_exactly_one_key(client: object, stub: Stubber) -> None:
    """The key is named and the context bound, so that a ciphertext of a stranger's key is never decrypted."""
    expected = {
        "KeyId": ARN,
        "CiphertextBlob": b"blob",
        "EncryptionContext": {"broker": "broker.vault:rec_1"},
    }
    stub.add_response("decrypt", {"Plaintext": b"secret", "KeyId": ARN}, expected)
    assert KmsKeys(ARN, lambda: client).unwrap(WRAPPED, CONTEXT) == b"secret"


@pytest.mark.parametrize("code", ["InvalidCiphertextException", "IncorrectKeyException"])
def test_its_words_for_tampering(client: object, stub: Stubber, code: str) -> None:
    """A ciphertext that KMS refuses is told apart from a KMS that cannot be used."""
    stub.add_client_error("decrypt", code)
    with pytest.raises(WrongWrapping):
        KmsKeys(ARN, lambda: client).unwrap(WRAPPED, CONTEXT)


@pytest.mark.parametrize(
    "code",
    [
        "AccessDeniedException",
        "DisabledException",
        "KMSInternalException",
        "KMSInvalidStateException",
        "KeyUnavailableException",
        "NotFoundException",
        "DependencyTimeoutException",
        "ThrottlingException",
        "ExpiredTokenException",
    ],
)
def test_every_other_error_is_a_lack(client: object, stub: Stubber, code: str) -> None:
    """Named by its code, with what to check, and asked once only."""
    keys = KmsKeys(ARN, lambda: client)
    for operation in ("decrypt", "encrypt"):
        stub.add_client_error(operation, code)
    for ask in (lambda: keys.unwrap(WRAPPED, CONTEXT), lambda: keys.wrap(b"secret", CONTEXT)):
        with pytest.raises(Unavailable, match=code) as refused:
            ask()
        assert not isinstance(refused.value, WrongWrapping)
    stub.assert_no_pending_responses()


def test_nobody_answering_is_a_lack() -> None:
    """A time-out on the way is told in a sentence."""

    class Unreachable:
        def encrypt(self, **_: object) -> None:
            raise ConnectTimeoutError(endpoint_url="https://kms.example")

    with pytest.raises(Unavailable, match="AWS KMS"):
        KmsKeys(ARN, Unreachable).wrap(b"secret", CONTEXT)


def test_it_rotates_by_itself(client: object) -> None:
    """Asked to rotate, the broker says that AWS does, and how to move to another key."""
    with pytest.raises(Conflict, match="itself") as refused:
        KmsKeys(ARN, lambda: client).rotate()
    assert "broker keys recordings rewrap" in refused.value.help


def test_settings_that_cannot_be_used_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing key is named before anything starts; a region that nobody names is a lack when it is needed."""
    with pytest.raises(ConfigurationError, match="lacks a key"):
        KmsKeys("", connect)
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    with pytest.raises(Unavailable) as refused:
        KmsKeys("alias/broker", connect).wrap(b"secret", CONTEXT)
    assert "BROKER_AWS_KMS_REGION" in refused.value.help


def test_an_arn_names_its_region(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing else needs to be set."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    settings = WrappingSettings(aws_kms_key=aws)
    keys = KmsKeys(aws, lambda: kms_client(settings))
    assert keys.unwrap(keys.wrap(b"secret", CONTEXT), CONTEXT) == b"secret"
