from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.errors import Invalid
from broker.ledger.signing.keys import SigningKey, generate, load, parse_public
from broker.ledger.signing.note import MAX_SIGNATURES, open_note, sign_note, with_signature

# The published example of the reference implementation (golang.org/x/mod/sumdb/note).
PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLIC = parse_public("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNED = f"{TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
OTHERS = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"


def test_our_signature_is_the_published_one(tmp_path: Path) -> None:
    """Signing the example text with the example key gives the example note, byte for byte."""
    path = tmp_path / "key"
    path.touch(mode=0o600)
    path.write_text(PRIVATE)
    assert sign_note(TEXT, load(path)) == SIGNED


def test_the_published_note_opens_also_with_another_signature_on_it() -> None:
    """A signature of an unknown key is passed over, whatever it says."""
    assert open_note(SIGNED, PUBLIC) == TEXT
    assert open_note(SIGNED + OTHERS, PUBLIC) == TEXT
    assert open_note(SIGNED.replace("\n\n", "\n\n" + OTHERS), PUBLIC) == TEXT


def test_a_note_without_our_signature_is_refused() -> None:
    """Signatures of strangers only do not count."""
    with pytest.raises(Invalid, match="does not carry"):
        open_note(f"{TEXT}\n{OTHERS}", PUBLIC)


def test_the_same_name_with_another_key_is_a_stranger(tmp_path: Path, key: SigningKey) -> None:
    """A key somebody made under the ledger's name does not pass for the ledger's."""
    impostor = generate(tmp_path / "other.key", key.name)
    with pytest.raises(Invalid, match="does not carry"):
        open_note(sign_note("text\n", impostor), key.public)


def test_a_wrong_signature_of_ours_beside_a_good_one_is_refused(tmp_path: Path) -> None:
    """The good one does not lend its credit to the other."""
    path = tmp_path / "key"
    path.touch(mode=0o600)
    path.write_text(PRIVATE)
    wrong = sign_note("another text\n", load(path)).splitlines(keepends=True)[-1]
    with pytest.raises(Invalid, match="signature is wrong"):
        open_note(SIGNED + wrong, PUBLIC)


def test_our_signature_twice_is_refused() -> None:
    """The ledger signs once; a note that somebody put together is not the ledger's."""
    with pytest.raises(Invalid, match="twice"):
        open_note(SIGNED + SIGNED.splitlines(keepends=True)[-1], PUBLIC)


@given(place=st.integers(0, len(SIGNED) - 1), bit=st.integers(0, 6))
def test_no_character_of_a_note_can_be_changed(place: int, bit: int) -> None:
    """Whatever sign is altered, the note no longer opens as it did."""
    changed = SIGNED[:place] + chr(ord(SIGNED[place]) ^ (1 << bit)) + SIGNED[place + 1 :]
    with pytest.raises(Invalid):
        open_note(changed, PUBLIC)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n",
        "\n\n",
        TEXT,
        TEXT + "\n",
        SIGNED.rstrip("\n"),
        SIGNED + "\n",
        SIGNED + "trailing\n",
        SIGNED.replace("\n\n", "\n"),
        SIGNED.replace("problem is", "problem\tis"),
        SIGNED.replace("— ", "- "),
        SIGNED + "— x \n",
        SIGNED + "— x !!!!\n",
        SIGNED + "— x AAAA\n",
        SIGNED + OTHERS * 100,
    ],
)
def test_a_malformed_note_is_refused(note: str) -> None:
    """Missing parts, control characters, odd signature lines and floods of them raise Invalid."""
    with pytest.raises(Invalid):
        open_note(note, PUBLIC)


def test_a_signature_is_added_under_those_there_are() -> None:
    """The published note with a second signer, line for line; adding it again changes nothing."""
    both = with_signature(SIGNED, OTHERS)
    assert both == SIGNED + OTHERS
    assert with_signature(both, OTHERS) == both
    assert with_signature(both, OTHERS.removesuffix("\n")) == both


@pytest.mark.parametrize(
    "line",
    [
        "",
        "\n",
        "EnochRoot rwz+eBzm",
        "— EnochRoot",
        "— EnochRoot !!!!",
        "— EnochRoot rwz+",
        OTHERS + OTHERS,
        "forged\n\n" + OTHERS,
        OTHERS.replace("— E", "— \x1bE"),
    ],
)
def test_what_is_not_one_signature_line_is_not_added(line: str) -> None:
    """Nothing that would change the note's text, or make it malformed, gets under it."""
    with pytest.raises(Invalid):
        with_signature(SIGNED, line)


def test_a_note_carries_only_so_many_signatures() -> None:
    """A note that every reader would refuse is not made."""
    full = SIGNED
    for number in range(MAX_SIGNATURES - 1):
        full = with_signature(full, OTHERS.replace("EnochRoot", f"EnochRoot{number}"))
    assert open_note(full, PUBLIC) == TEXT
    with pytest.raises(Invalid):
        with_signature(full, OTHERS)
