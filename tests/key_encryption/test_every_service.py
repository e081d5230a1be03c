"""What holds whichever key service a clinic has."""

from __future__ import annotations

import os

import pytest

from broker.errors import Unavailable
from broker.key_encryption.wrapping import LONGEST_SECRET, KeyEncryptionKey, WrappedKey, WrongWrapping

CONTEXT = b"broker.keyring:tokens:RS256:a-key"
SECRET = bytes(range(256)) * 10


def test_what_was_wrapped_comes_back(service: KeyEncryptionKey) -> None:
    """Under an id that fits its column and tells whose it is, and with the secret nowhere in it."""
    wrapped = service.wrap(SECRET, CONTEXT)
    assert service.unwrap(wrapped, CONTEXT) == SECRET
    assert wrapped.key_id == service.current_id
    assert len(wrapped.key_id) <= 64
    assert service.knows(wrapped.key_id)
    assert SECRET[:16] not in wrapped.blob


def test_the_longest_secret_fits(service: KeyEncryptionKey) -> None:
    """Up to the length that is promised."""
    longest = os.urandom(LONGEST_SECRET)
    assert service.unwrap(service.wrap(longest, CONTEXT), CONTEXT) == longest


def test_wrapped_for_one_thing_it_opens_no_other(service: KeyEncryptionKey) -> None:
    """A wrapped key moved to another row is refused."""
    wrapped = service.wrap(SECRET, CONTEXT)
    for other in (CONTEXT + b"x", CONTEXT[:-1], b"broker.vault:rec_1", b""):
        with pytest.raises(WrongWrapping):
            service.unwrap(wrapped, other)


def test_an_edited_one_is_refused(service: KeyEncryptionKey) -> None:
    """Cut, lengthened, flipped or made up, and never a crash."""
    blob = service.wrap(SECRET, CONTEXT).blob
    middle = len(blob) // 2
    flipped = blob[:middle] + bytes([blob[middle] ^ 1]) + blob[middle + 1 :]
    for edited in (
        b"",
        blob[:-8],
        blob[: len(blob) // 2],
        flipped,
        b"\xff" * 80,
        b"vault:v1:AAAA",
        b"vault:v99:AAAA",
    ):
        with pytest.raises(Unavailable):
            service.unwrap(WrappedKey(service.current_id, edited), CONTEXT)


@pytest.mark.parametrize("kind", ["file_keys", "transit_keys"])
def test_rotation_keeps_what_was_wrapped(kind: str, request: pytest.FixtureRequest) -> None:
    """The newest wraps; what older ones wrapped opens still, and only under its own id."""
    service: KeyEncryptionKey = request.getfixturevalue(kind)
    before = service.wrap(SECRET, CONTEXT)
    made = service.rotate()
    after = service.wrap(SECRET, CONTEXT)
    assert before.key_id != after.key_id == made == service.current_id
    assert service.unwrap(before, CONTEXT) == service.unwrap(after, CONTEXT) == SECRET
    with pytest.raises(WrongWrapping):
        service.unwrap(WrappedKey(after.key_id, before.blob), CONTEXT)
