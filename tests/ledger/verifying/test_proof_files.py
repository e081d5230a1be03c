"""Proofs that stand in files of their own, true ones and a hostile server's."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.ledger.exporting.proof_files import write_growth, write_inclusion
from broker.ledger.merkle.check import ProofRefused
from broker.ledger.merkle.proofs import consistency_proof, inclusion_proof
from broker.ledger.verifying.proof_files import check_growth_file, check_inclusion_file
from tests.fakes.receipts import KEY, OTHER_KEY, small_ledger

LEDGER = small_ledger()
SIZE = len(LEDGER.bodies)
HELD = [LEDGER.checkpoint(size) for size in range(SIZE)]


def inclusion(index: int = 4, size: int = SIZE) -> str:
    body = LEDGER.bodies[index].encode()
    return write_inclusion(body, index, inclusion_proof(LEDGER, index, size), LEDGER.note(size))


def growth(old: int = 5, new: int = SIZE) -> str:
    return write_growth(old, consistency_proof(LEDGER, old, new), LEDGER.note(new))


@pytest.mark.parametrize("index", range(SIZE))
def test_an_entrys_proof_is_read_back(index: int) -> None:
    """The form is C2SP's, line by line, and it proves that entry."""
    text = inclusion(index)
    lines = text.split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert base64.b64decode(lines[1].removeprefix("extra ")).decode() == LEDGER.bodies[index]
    assert lines[2] == f"index {index}"
    assert text.endswith("\n\n" + LEDGER.note(SIZE))
    checked = check_inclusion_file(text, KEY.public)
    assert (checked.recorded.seq, checked.checkpoint.size) == (index + 1, SIZE)


@pytest.mark.parametrize("old", range(1, SIZE + 1))
def test_growth_is_proved_from_every_checkpoint_one_holds(old: int) -> None:
    """As a witness is sent it: old size, proof, the new checkpoint."""
    text = growth(old)
    assert text.startswith(f"old {old}\n")
    checked = check_growth_file(text, KEY.public, [*HELD, LEDGER.checkpoint(SIZE)])
    assert (checked.old.size, checked.new.size) == (old, SIZE)


def spoiled(text: str) -> list[str]:
    """Every line left out, doubled, emptied or exchanged for the next."""
    lines = text.split("\n")
    found = [text.replace("\n", "\r\n"), text + "\n", "\n" + text, text[:-1], text.replace("\n\n", "\n")]
    for place, line in enumerate(lines):
        rest = lines[place + 1 :]
        found += [
            "\n".join([*lines[:place], *rest]),
            "\n".join([*lines[:place], line, line, *rest]),
            "\n".join([*lines[:place], "", *rest]),
            "\n".join([*lines[:place], line + " ", *rest]),
            "\n".join([*lines[:place], *rest[:1], line, *rest[1:]]),
        ]
    return [each for each in found if each != text]


def test_every_spoiled_proof_is_refused() -> None:
    """Whatever happens to a line, and whatever number stands for the place or the old size."""
    for text in spoiled(inclusion()):
        with pytest.raises(ProofRefused):
            check_inclusion_file(text, KEY.public)
    for text in spoiled(growth()):
        with pytest.raises(ProofRefused):
            check_growth_file(text, KEY.public, HELD)
    for number in ("-1", "+4", "04", "4.0", "", " 4", "5", "3", "9" * 30, "٤", "0x4", "1_0"):
        with pytest.raises(ProofRefused):
            check_inclusion_file(inclusion().replace("index 4", f"index {number}"), KEY.public)
        with pytest.raises(ProofRefused):
            check_growth_file(growth(4).replace("old 4", f"old {number}"), KEY.public, HELD)


def test_another_keys_proof_is_refused() -> None:
    """The checkpoint in the file has to be the ledger's."""
    for text in (inclusion(), growth()):
        with pytest.raises(ProofRefused, match="cannot be trusted"):
            check_inclusion_file(text, OTHER_KEY.public)
        with pytest.raises(ProofRefused, match="cannot be trusted"):
            check_growth_file(text, OTHER_KEY.public, HELD)


def test_growth_is_proved_only_from_what_one_holds() -> None:
    """An old root of the server's own choosing is never asked for; two that one holds must both fit."""
    with pytest.raises(ProofRefused, match="hold no checkpoint of 5"):
        check_growth_file(growth(), KEY.public, HELD[:5])
    forked = type(HELD[5])(5, HELD[4].root)
    with pytest.raises(ProofRefused, match="older root"):
        check_growth_file(growth(), KEY.public, [HELD[5], forked])


@given(st.text(max_size=200))
def test_any_text_is_refused_in_words(text: str) -> None:
    """Never a crash."""
    for content in (text, f"c2sp.org/tlog-proof@v1\n{text}", f"old {text}\n\n{LEDGER.note(3)}"):
        with pytest.raises(ProofRefused):
            check_inclusion_file(content, KEY.public)
        with pytest.raises(ProofRefused):
            check_growth_file(content, KEY.public, HELD)
