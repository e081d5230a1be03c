"""Keys are what their names say, wrapped for one row only."""

from __future__ import annotations

from dataclasses import replace

import pytest
from joserfc import jwt

from broker.errors import Unavailable
from broker.key_encryption.wrapping import LONGEST_SECRET, WrongWrapping
from broker.keyring.make import link_key, opened, private_key, sealed, token_key
from broker.keyring.ring_key import KeyState

ALGS = ("RS256", "ES256", "Ed25519")


def _row(made, folder, clock):
    return sealed(made, folder, KeyState.NEXT, clock.now(), clock.now())


@pytest.mark.parametrize("alg", ALGS)
def test_a_key_signs_and_its_public_half_tells_nothing(alg, folder, clock):
    """What comes back out of its wrapping signs; the published half checks it and holds no secret."""
    row = _row(token_key(alg), folder, clock)
    key = private_key(opened(row, folder))
    text = jwt.encode({"alg": alg, "kid": key.kid}, {"sub": "x"}, key, algorithms=[alg])
    public = type(key).import_key(dict(row.public_jwk))
    assert jwt.decode(text, public, algorithms=[alg]).claims == {"sub": "x"}
    assert not public.is_private
    assert set(row.public_jwk) <= {"kty", "crv", "x", "y", "n", "e", "kid", "use", "alg"}
    assert (row.public_jwk["kid"], row.public_jwk["use"], row.public_jwk["alg"]) == (row.kid, "sig", alg)


def test_the_default_is_strong_enough_and_fits_every_key_service():
    """RSA of 3072 bits, and no secret longer than one call of any key service takes."""
    made = token_key("RS256")
    assert private_key(made.secret).as_dict()["n"].__len__() == 512
    assert all(len(token_key(alg).secret) <= LONGEST_SECRET for alg in ALGS)


@pytest.mark.parametrize("make", [lambda: token_key("ES256"), link_key])
def test_a_secret_moved_to_another_row_opens_nothing(make, folder, clock):
    """Wrapped for one key, it does not open as another, nor for another use or algorithm."""
    one, other = _row(make(), folder, clock), _row(make(), folder, clock)
    for swapped in (replace(one, wrapped=other.wrapped), replace(other, wrapped=one.wrapped)):
        with pytest.raises(WrongWrapping):
            opened(swapped, folder)
    with pytest.raises(WrongWrapping):
        opened(replace(one, alg="Ed25519"), folder)


def test_a_key_that_is_not_the_one_it_is_called_is_refused(folder, clock):
    """Even well wrapped: whoever may use the key service cannot slip in a key under another's name."""
    one, other = token_key("ES256"), token_key("ES256")
    lying = replace(one, secret=other.secret)
    with pytest.raises(WrongWrapping):
        opened(_row(lying, folder, clock), folder)
    for nonsense in (b"", b"{}", b"[]", b"null", b'{"kty":"oct","k":"AA"}', b"\xff"):
        with pytest.raises(WrongWrapping):
            opened(_row(replace(one, secret=nonsense), folder, clock), folder)


def test_a_link_secret_is_never_short(folder, clock):
    """A wrapped secret of another length is not taken for a link key."""
    with pytest.raises(WrongWrapping):
        opened(_row(replace(link_key(), secret=b"short"), folder, clock), folder)


def test_a_missing_key_encryption_key_is_a_lack(folder, clock):
    """Told apart from a touched row: it may come back."""
    row = _row(link_key(), folder, clock)
    gone = replace(row, wrapped=replace(row.wrapped, key_id="kek-0042"))
    with pytest.raises(Unavailable, match="kek-0042") as refused:
        opened(gone, folder)
    assert not isinstance(refused.value, WrongWrapping)
