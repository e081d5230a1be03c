from __future__ import annotations

import stat
from pathlib import Path

import pytest

from broker.errors import ConfigurationError, Unavailable
from broker.ledger.signing.keys import SigningKey, generate, load, load_public, parse_public

# The example keys of the reference implementation (golang.org/x/mod/sumdb/note).
PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"


def test_a_key_comes_back_as_it_was_made(tmp_path: Path) -> None:
    """Written for its owner alone, read back, and its public line read by anybody."""
    path = tmp_path / "ledger.key"
    made = generate(path, "broker.example/ledger")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load(path).public == made.public
    (tmp_path / "ledger.pub").write_text(made.public.vkey + "\n")
    assert load_public(tmp_path / "ledger.pub") == made.public


def test_keys_of_the_reference_implementation_are_read(tmp_path: Path) -> None:
    """Name, id and key of the published example agree with ours, both halves."""
    path = tmp_path / "ledger.key"
    path.touch(mode=0o600)
    path.write_text(PRIVATE + "\n")
    assert load(path).public.vkey == PUBLIC
    assert load(path).secret_text == PRIVATE
    assert parse_public(PUBLIC).id.hex() == "c74f20a3"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    """A key that group or world can open may have leaked; the error says how to mend it."""
    path = tmp_path / "ledger.key"
    generate(path, "broker.example/ledger")
    path.chmod(mode)
    with pytest.raises(ConfigurationError, match="read by others") as caught:
        load(path)
    assert "chmod 600" in caught.value.help


def test_a_key_is_never_replaced(tmp_path: Path) -> None:
    """Making a key over another one is refused, and the old one stays."""
    made = generate(tmp_path / "ledger.key", "broker.example/ledger")
    with pytest.raises(ConfigurationError, match="is there already"):
        generate(tmp_path / "ledger.key", "broker.example/ledger")
    assert load(tmp_path / "ledger.key").public == made.public


def test_a_missing_key_is_unavailable(tmp_path: Path) -> None:
    """No key at the path is a thing to restore, not a wrong setting."""
    with pytest.raises(Unavailable):
        load(tmp_path / "ledger.key")


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\nb", "a\u2003b", "a\x00b"])
def test_a_name_that_cannot_stand_in_a_signature_is_refused(tmp_path: Path, name: str) -> None:
    """No spaces, no plus, nothing unprintable; no file is left behind."""
    with pytest.raises(ConfigurationError):
        generate(tmp_path / "ledger.key", name)
    assert not (tmp_path / "ledger.key").exists()


@pytest.mark.parametrize(
    "text", ["", "x", "a+b", "a+zz+AAAA", PUBLIC[:-4], PUBLIC.replace("c74f", "c74e"), PUBLIC.replace("+AR", "+BR"), PUBLIC + "="]
)  # fmt: skip
def test_a_damaged_public_key_is_refused(text: str) -> None:
    """A line cut short, retyped or of another kind of key raises instead of checking nothing."""
    with pytest.raises(ConfigurationError):
        parse_public(text)


@pytest.mark.parametrize("text", ["", "hello", PRIVATE[:-3], PRIVATE.replace("c74f", "c74e")])
def test_a_damaged_private_key_is_refused(tmp_path: Path, text: str) -> None:
    """A key file that is no key, or whose id does not fit, raises."""
    path = tmp_path / "ledger.key"
    path.touch(mode=0o600)
    path.write_text(text)
    with pytest.raises(ConfigurationError):
        load(path)


def test_the_secret_is_not_in_a_repr(key: SigningKey) -> None:
    """Printing a key by mistake shows its name only."""
    assert key.secret_text.rsplit("+", 1)[1] not in repr(key)
