"""Cosignatures of witnesses: made, read again, and nothing else believed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker.errors import ConfigurationError, Invalid
from broker.ledger.signing.cosign import (
    CosignerKey,
    WitnessKey,
    cosign,
    cosignatures,
    load_witness_key,
    make_witness_key,
    parse_cosigner,
)
from broker.ledger.signing.keys import SigningKey
from broker.ledger.signing.note import sign_note

AT = datetime(2026, 3, 1, 12, 0, 7, 900_000, tzinfo=UTC)
TEXT = "broker.example/ledger\n3\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
LOG = SigningKey("broker.example/ledger", Ed25519PrivateKey.from_private_bytes(bytes(32)))
WITNESS = WitnessKey("witness.example/w1", Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32))
# The example of c2sp.org/tlog-cosignature, whose key is not published.
PUBLISHED = (
    "\N{EM DASH} witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dl"
    "rDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)

LITEWITNESS = "witness.example/lite+482de484+BGFedYTFOOTfdiAGzScOMr2faBNpAdobjTkfdNKISsVh"
BY_LITEWITNESS = (
    "broker.example/ledger-interop2\n"
    "368\n"
    "Yw+pyJC34Es7Ki11A74MtTpl+ILRVr+bE6gzWur1vqk=\n"
    "at 2026-11-22T17:05:37.000483Z\n"
    "\n"
    "\N{EM DASH} broker.example/ledger-interop2 TyFgh/JWA4G8lUBQKbEihkcSIqNWHISdRJnX5P+r1eIrfJjsQ3NVfxujDNFVmraXP6Q53IihLl6tNLs1BYEp1+m56Qs=\n"
    "\N{EM DASH} witness.example/lite SC3khAAAAABrAyDh8V41ZKd3wvK9Yv3T19qIll+p8GNixGDWJ2deRL7cNkBHKKuBdGEZloduP+WFb8EFI5A7YQaWuZppJOCBBWXsAg==\n"
)


def cosigned() -> str:
    return sign_note(TEXT, LOG) + cosign(WITNESS, TEXT, AT)


def test_a_cosignature_is_read_with_its_whole_second() -> None:
    """Who vouched and when; parts of a second are left out, as the format has none."""
    (found,) = cosignatures(cosigned(), [WITNESS.public])
    assert found.key == WITNESS.public
    assert found.at == AT.replace(microsecond=0)
    assert found.line == cosign(WITNESS, TEXT, AT)


def test_its_bytes_are_those_of_the_specification() -> None:
    """Key id, eight bytes of time, 64 of signature: as long as the published example, and alike in the same seconds."""
    line, published = cosign(WITNESS, TEXT, AT).split(" ")[2], PUBLISHED.split(" ")[2]
    assert len(line) == len(published)


@pytest.mark.parametrize(
    "forged",
    [
        cosigned().replace("\n3\n", "\n4\n"),
        sign_note(TEXT, LOG) + cosign(WITNESS, TEXT.replace("3", "4"), AT),
        sign_note(TEXT, LOG) + sign_note(TEXT, SigningKey(WITNESS.name, WITNESS.private)).split("\n\n")[1],
        sign_note(TEXT, LOG)
        + cosign(WitnessKey(WITNESS.name, Ed25519PrivateKey.from_private_bytes(bytes(32))), TEXT, AT),
        sign_note(TEXT, LOG),
    ],
    ids=["other size", "of another text", "a plain signature", "another key of that name", "none"],
)
def test_what_the_witness_did_not_sign_counts_for_nothing(forged: str) -> None:
    """An altered text, a cosignature of another one, another kind of signature or another key vouch for nothing."""
    assert cosignatures(forged, [WITNESS.public]) == []


def test_a_moved_time_is_not_believed() -> None:
    """The second is part of what was signed."""
    later = cosign(WITNESS, TEXT, AT.replace(year=2027)).split(" ")[2][:16]
    line = cosign(WITNESS, TEXT, AT).split(" ")
    line[2] = later + line[2][16:]
    assert cosignatures(sign_note(TEXT, LOG) + " ".join(line), [WITNESS.public]) == []


def test_a_note_torn_apart_is_told() -> None:
    """Something that is no signed note raises Invalid."""
    with pytest.raises(Invalid):
        cosignatures(TEXT, [WITNESS.public])


def test_the_public_line_is_read_again_and_a_damaged_one_refused() -> None:
    """One line names the witness; a changed character, a ledger's key or a cut is refused."""
    assert parse_cosigner(WITNESS.public.vkey) == WITNESS.public
    for wrong in (
        WITNESS.public.vkey.replace("w1", "w2"),
        LOG.public.vkey,
        WITNESS.public.vkey[:-4],
        CosignerKey("with space", bytes(32)).vkey,
    ):
        with pytest.raises(ConfigurationError):
            parse_cosigner(wrong)


def test_the_key_lies_in_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    """Made once and never replaced; readable by others it is refused, and its secret is in no repr."""
    path = tmp_path / "witness.key"
    key = make_witness_key(path, "witness.example/w1")
    assert load_witness_key(path).public == key.public
    assert path.stat().st_mode & 0o777 == 0o600
    assert key.private.private_bytes_raw().hex() not in repr(key)
    with pytest.raises(ConfigurationError):
        make_witness_key(path, "witness.example/w1")
    path.chmod(0o644)
    with pytest.raises(ConfigurationError, match="others"):
        load_witness_key(path)


def test_a_standard_witness_is_understood() -> None:
    """The checkpoint of this broker that litewitness (filippo.io/torchwood 0.9.0, Go) vouched for."""
    (found,) = cosignatures(BY_LITEWITNESS, [parse_cosigner(LITEWITNESS)])
    assert found.at == datetime(2026, 11, 22, 17, 5, 37, tzinfo=UTC)
    assert cosignatures(BY_LITEWITNESS.replace("\n368\n", "\n369\n"), [parse_cosigner(LITEWITNESS)]) == []
