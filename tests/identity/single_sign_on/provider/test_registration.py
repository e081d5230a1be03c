"""Settings that name a provider, and ones that cannot be meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from joserfc.jwk import ECKey, RSAKey

from broker.errors import ConfigurationError
from broker.identity.single_sign_on.provider.registration import registration_from
from broker.settings import Settings

NAMED = {"oidc_issuer": "https://id.example", "oidc_client_id": "broker"}


def test_without_an_issuer_there_is_no_provider() -> None:
    """Whatever else is set."""
    assert registration_from(Settings(oidc_client_id="broker")) is None


def test_the_secret_is_never_shown() -> None:
    """Not where somebody prints what was set up."""
    known = registration_from(Settings(**NAMED, oidc_client_secret="canary", public_url="https://b.example"))
    assert known is not None
    assert known.callback == "https://b.example/sso/callback"
    assert "canary" not in repr(known)


@pytest.mark.parametrize("key", [RSAKey.generate_key(2048), ECKey.generate_key("P-256")])
def test_a_key_may_be_of_either_kind(tmp_path: Path, key: RSAKey | ECKey) -> None:
    """RSA or EC, as PEM."""
    pem = tmp_path / "key.pem"
    pem.write_bytes(key.as_pem(private=True))
    known = registration_from(Settings(**NAMED, oidc_client_key=pem))
    assert known is not None
    assert known.key is not None
    assert known.key.key_type == key.key_type


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "not how the broker proves itself"),
        ({"oidc_client_secret": "x", "oidc_client_key": Path("key.pem")}, "not how the broker proves itself"),
        ({"oidc_client_secret": "x", "oidc_client_id": ""}, "not how the broker proves itself"),
        ({"oidc_client_secret": "x", "oidc_issuer": "http://id.example"}, "https://"),
        ({"oidc_client_key": Path("/nowhere/key.pem")}, "cannot be read"),
    ],
)
def test_what_is_missing_is_said_before_the_start(changes: dict[str, object], said: str) -> None:
    """With the variable to set."""
    with pytest.raises(ConfigurationError) as caught:
        registration_from(Settings(**{**NAMED, **changes}))  # type: ignore[arg-type]
    assert said in str(caught.value)
    assert "BROKER_OIDC_" in caught.value.help


def test_a_file_that_is_no_key_is_said_to_be_none(tmp_path: Path) -> None:
    """Nor is a public one."""
    for text in (b"", b"hello", RSAKey.generate_key(2048).as_pem(private=False)):
        (tmp_path / "key.pem").write_bytes(text)
        with pytest.raises(ConfigurationError):
            registration_from(Settings(**NAMED, oidc_client_key=tmp_path / "key.pem"))
