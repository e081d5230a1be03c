import pytest

from broker.sealing import CannotOpen, Seal

KEY = bytes(range(32))


def test_what_was_sealed_opens_for_the_same_thing_only() -> None:
    """Another key, another use, another row or a changed byte: nothing opens."""
    seal = Seal(KEY, "sites")
    sealed = seal.close(b"secret", "a")
    assert seal.open(sealed, "a") == b"secret"
    altered = sealed[:-1] + bytes([sealed[-1] ^ 1])
    others = [(Seal(bytes(32), "sites"), sealed, "a"), (Seal(KEY, "other"), sealed, "a"), (seal, sealed, "b")]
    for opener, what, about in [*others, (seal, altered, "a"), (seal, b"", "a")]:
        with pytest.raises(CannotOpen):
            opener.open(what, about)


def test_the_same_secret_is_never_sealed_alike() -> None:
    """Two rows with one password do not tell that they are."""
    seal = Seal(KEY, "sites")
    assert seal.close(b"secret", "a") != seal.close(b"secret", "a")
