from __future__ import annotations

import pytest

from broker.errors import ConfigurationError, Unavailable
from broker.identity.secret_box import SecretBox


def test_a_secret_comes_back_for_the_person_it_was_sealed_for(box):
    """And is not to be read in what is stored."""
    sealed = box.seal(b"SECRET", "totp:person_1")
    assert b"SECRET" not in sealed
    assert box.open(sealed, "totp:person_1") == b"SECRET"
    assert sealed != box.seal(b"SECRET", "totp:person_1")


def test_a_row_copied_to_another_person_does_not_open(box):
    """Whoever writes to the database cannot give somebody else their own factor."""
    with pytest.raises(Unavailable):
        box.open(box.seal(b"SECRET", "totp:person_1"), "totp:person_2")


@pytest.mark.parametrize("at", [0, 1, 20, -1])
def test_an_altered_row_does_not_open(box, at):
    """Each part of the stored bytes is authenticated."""
    sealed = bytearray(box.seal(b"SECRET", "x"))
    sealed[at] ^= 1
    with pytest.raises(Unavailable):
        box.open(bytes(sealed), "x")


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" + b"0" * 12])
def test_a_row_cut_short_does_not_open(box, sealed):
    """Truncation is an answer for people, not a crash."""
    with pytest.raises(Unavailable):
        box.open(sealed, "x")


def test_another_key_opens_nothing(box):
    """A restored database with a new key file says what to do."""
    with pytest.raises(Unavailable) as refused:
        SecretBox(bytes(32)).open(box.seal(b"SECRET", "x"), "x")
    assert "key file" in refused.value.help


def test_a_key_of_another_length_is_refused():
    """Before anything is sealed with it."""
    with pytest.raises(ConfigurationError, match="16 bytes"):
        SecretBox(bytes(16))


def test_digests_depend_on_the_key_and_on_what_they_are_about(box):
    """Nobody without the key can tell which address a digest stands for."""
    assert box.digest("a@x", "email") == box.digest("a@x", "email")
    assert box.digest("a@x", "email") != box.digest("a@x", "other")
    assert box.digest("a@x", "email") != SecretBox(bytes(32)).digest("a@x", "email")
