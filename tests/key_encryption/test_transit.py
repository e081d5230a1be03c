"""A transit engine that is sealed, gone, slow, lying or saying no."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from broker.errors import ConfigurationError, Unavailable
from broker.key_encryption.settings import WrappingSettings
from broker.key_encryption.transit import TransitKeys
from broker.key_encryption.wrapping import WrappedKey, WrongWrapping
from tests.key_encryption.conftest import transit_settings
from tests.key_encryption.engine import TOKEN, Engine

CONTEXT = b"broker.vault:rec_1"

ANSWERS = [
    (503, b'{"errors":["Vault is sealed"]}'),
    (500, b'{"errors":["internal error"]}'),
    (403, b'{"errors":["permission denied"]}'),
    (404, b'{"errors":[]}'),
    (400, b'{"errors":["encryption key not found"]}'),
    (429, b"{}"),
    (200, b"<html>a proxy</html>"),
    (200, b"{}"),
    (200, b'{"data":null}'),
    (200, b'{"data":{"ciphertext":7,"plaintext":7,"latest_version":{}}}'),
    (200, b'{"data":{"ciphertext":"vault:v1:no spaces","plaintext":"%%%"}}'),
    (204, b""),
]


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: f"{answer[0]} {answer[1][:24]!r}")
def test_whatever_it_answers_is_a_lack(engine: Engine, answer: tuple[int, bytes]) -> None:
    """No answer of its is a crash, and none but its own word for it is taken for tampering."""
    keys = TransitKeys(transit_settings(engine.url))
    wrapped = keys.wrap(b"secret", CONTEXT)
    engine.breaks_with = answer
    for ask in (lambda: keys.wrap(b"secret", CONTEXT), lambda: keys.unwrap(wrapped, CONTEXT)):
        with pytest.raises(Unavailable, match="transit engine") as refused:
            ask()
        assert not isinstance(refused.value, WrongWrapping)
        assert "Access that is due to end still ends" in refused.value.help
        assert TOKEN not in f"{refused.value} {refused.value.help}"


def test_nobody_listening_is_a_lack() -> None:
    """A closed port is told in the same sentence."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        keys = TransitKeys(transit_settings(f"http://127.0.0.1:{taken.getsockname()[1]}"))
        for ask in (keys.rotate, lambda: keys.current_id, lambda: keys.wrap(b"x", CONTEXT)):
            with pytest.raises(Unavailable, match="transit engine"):
                ask()


def test_a_token_that_an_agent_renewed_counts_at_once(engine: Engine, tmp_path: Path) -> None:
    """The file is read again at each use; gone, it is a lack."""
    file = tmp_path / "token"
    file.write_text("s.expired\n")
    keys = TransitKeys(WrappingSettings(transit_url=engine.url, transit_token_file=file))
    with pytest.raises(Unavailable):
        keys.wrap(b"secret", CONTEXT)
    file.write_text(TOKEN + "\n")
    assert keys.unwrap(keys.wrap(b"secret", CONTEXT), CONTEXT) == b"secret"
    file.unlink()
    with pytest.raises(Unavailable):
        keys.wrap(b"secret", CONTEXT)


def test_a_row_that_names_another_key_is_refused_unasked(engine: Engine) -> None:
    """An id and a ciphertext that disagree never reach the engine."""
    keys = TransitKeys(transit_settings(engine.url))
    wrapped, asked = keys.wrap(b"secret", CONTEXT), len(engine.asked)
    for lying in ("transit:another:v1", "transit:emergency-access-broker:v2", "kek-0001"):
        with pytest.raises(WrongWrapping):
            keys.unwrap(WrappedKey(lying, wrapped.blob), CONTEXT)
    assert len(engine.asked) == asked


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "lacks the engine's address"),
        ({"transit_url": "https://vault.clinic.example"}, "or a token"),
        ({"transit_url": "http://vault.clinic.example", "transit_token": "x"}, "not https"),
    ],
)
def test_settings_that_cannot_be_used_are_told_at_the_start(settings: dict[str, str], said: str) -> None:
    """Keys never travel in clear text, and what is missing is named."""
    with pytest.raises(ConfigurationError, match=said):
        TransitKeys(WrappingSettings(**settings))  # type: ignore[arg-type]  # as from variables
