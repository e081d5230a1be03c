"""Key services to wrap keys by."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from broker.key_encryption.aws_kms import KmsKeys, kms_client
from broker.key_encryption.key_folder import KeyFolder
from broker.key_encryption.settings import WrappingSettings
from broker.key_encryption.transit import TransitKeys
from broker.key_encryption.wrapping import KeyEncryptionKey
from tests.key_encryption.engine import TOKEN, Engine, running


@pytest.fixture
def engine() -> Iterator[Engine]:
    with running() as started:
        yield started


def transit_settings(url: str, token: str = TOKEN) -> WrappingSettings:
    return WrappingSettings(transit_url=url, transit_token=token)  # type: ignore[arg-type]  # as from a variable


@pytest.fixture
def file_keys(tmp_path: Path) -> KeyFolder:
    return KeyFolder.open_or_create(tmp_path / "keys")


@pytest.fixture
def transit_keys(request: pytest.FixtureRequest) -> TransitKeys:
    if real := os.environ.get("BROKER_TEST_TRANSIT_URL"):
        return TransitKeys(transit_settings(real, os.environ["BROKER_TEST_TRANSIT_TOKEN"]))
    return TransitKeys(transit_settings(request.getfixturevalue("engine").url))


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The ARN of a symmetric key."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "nobodys")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        made = boto3.client("kms").create_key()
        yield made["KeyMetadata"]["Arn"]


@pytest.fixture
def kms_keys(aws: str) -> KmsKeys:
    return KmsKeys(aws, lambda: kms_client(WrappingSettings()))


@pytest.fixture(params=["file_keys", "transit_keys", "kms_keys"])
def service(request: pytest.FixtureRequest) -> KeyEncryptionKey:
    """Each kind in turn."""
    found: KeyEncryptionKey = request.getfixturevalue(request.param)
    return found
