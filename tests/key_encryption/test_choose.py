"""The settings choose what wraps, and what another service wrapped earlier opens still."""

from __future__ import annotations

from pathlib import Path

import pytest

from broker.errors import ConfigurationError, Unavailable
from broker.key_encryption.choose import open_key_encryption
from broker.key_encryption.settings import WrappingSettings
from broker.key_encryption.wrapping import WrappedKey
from tests.key_encryption.engine import TOKEN, Engine

CONTEXT = b"broker.vault:rec_1"


def test_files_unless_something_else_is_chosen(tmp_path: Path) -> None:
    """An installation without settings has its folder, made at the first start."""
    keys = open_key_encryption(WrappingSettings(), tmp_path / "keys")
    assert keys.current_id == "kek-0001"
    assert keys.rotate() == "kek-0002"


def test_a_move_to_an_engine_and_back(engine: Engine, tmp_path: Path) -> None:
    """Whichever wraps now, what the other one wrapped opens, as long as both are set up."""
    folder, engine_too = tmp_path / "keys", {"transit_url": engine.url, "transit_token": TOKEN}
    by_file = open_key_encryption(WrappingSettings(), folder).wrap(b"secret", CONTEXT)
    chosen = WrappingSettings(key_encryption="transit", **engine_too)  # type: ignore[arg-type]
    moved = open_key_encryption(chosen, folder)
    by_engine = moved.wrap(b"secret", CONTEXT)
    assert by_engine.key_id == moved.current_id == "transit:emergency-access-broker:v1"
    back = open_key_encryption(WrappingSettings(**engine_too), folder)  # type: ignore[arg-type]
    assert back.current_id == "kek-0001"
    for keys in (moved, back):
        assert keys.unwrap(by_file, CONTEXT) == keys.unwrap(by_engine, CONTEXT) == b"secret"


def test_nobody_is_asked_at_the_start(tmp_path: Path, engine: Engine) -> None:
    """A broker starts, and takes access back, while its key service is down."""
    chosen = WrappingSettings(key_encryption="transit", transit_url=engine.url, transit_token=TOKEN)  # type: ignore[arg-type]
    open_key_encryption(chosen, tmp_path / "keys")
    assert engine.asked == []
    assert not (tmp_path / "keys").exists()


def test_what_nobody_wrapped_is_a_lack(tmp_path: Path) -> None:
    """A row whose key service is no longer set up says which."""
    keys = open_key_encryption(WrappingSettings(), tmp_path / "keys")
    with pytest.raises(Unavailable, match="aws-kms:gone"):
        keys.unwrap(WrappedKey("aws-kms:gone", b"x"), CONTEXT)


@pytest.mark.parametrize("kind", ["transit", "aws-kms"])
def test_a_service_without_its_settings_is_refused(kind: str, tmp_path: Path) -> None:
    """Chosen and not set up, the broker does not start."""
    with pytest.raises(ConfigurationError, match=kind):
        open_key_encryption(WrappingSettings(key_encryption=kind), tmp_path)  # type: ignore[arg-type]
