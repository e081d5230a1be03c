"""Receipts, true ones and those a hostile server would send."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from broker.errors import Unavailable
from broker.ledger.exporting.receipt import About, Signed, build_receipt
from broker.ledger.signing.cosign import WitnessKey
from broker.ledger.verifying.receipt import check_receipt
from broker.ledger.verifying.receipt_form import MAX_BYTES, ReceiptRefused
from tests.fakes.receipts import ABOUT, KEY, OTHER_KEY, WITNESS, encoded, small_ledger
from tests.fakes.spoiled_receipts import spoiled_receipts

LEDGER = small_ledger()
THEIRS = small_ledger(About("grant_other", "request_other"))


def refused(receipt: Any, **given: Any) -> str:
    content = receipt if isinstance(receipt, bytes) else encoded(receipt)
    with pytest.raises(ReceiptRefused) as error:
        check_receipt(content, given.pop("key", KEY.public), **given)
    return str(error.value)


def test_a_receipt_proves_every_step_of_the_grant() -> None:
    """All entries of the grant and of its request, in order, none of anybody else, each in the ledger."""
    checked = check_receipt(encoded(LEDGER.receipt()), KEY.public)
    assert [each.seq for each in checked.entries] == [1, 3, 5, 7, 9, 11]
    assert (checked.grant, checked.request, checked.later) == ("grant_mine", "request_mine", ())
    assert checked.checkpoint == LEDGER.checkpoint(12)


@pytest.mark.parametrize("size", range(5, 13))
def test_what_no_checkpoint_covers_yet_stands_apart(size: int) -> None:
    """A receipt taken early says what is proved and what is not, and proves no less."""
    checked = check_receipt(encoded(LEDGER.receipt(size)), KEY.public)
    assert [each.seq for each in checked.entries] == [seq for seq, _ in LEDGER.mine if seq <= size]
    assert [each.seq for each in checked.later] == [seq for seq, _ in LEDGER.mine if seq > size]


def test_a_receipt_brings_its_witnesses() -> None:
    """A witness one asks about must have signed; one that is not asked about is passed over."""
    witnessed = encoded(LEDGER.receipt(witnessed=True))
    (signed,) = check_receipt(witnessed, KEY.public, [WITNESS.public]).cosignatures
    assert signed.key == WITNESS.public
    assert check_receipt(witnessed, KEY.public).cosignatures == ()
    assert "has not signed" in refused(LEDGER.receipt(), witnesses=[WITNESS.public])
    other = WitnessKey(WITNESS.name, Ed25519PrivateKey.from_private_bytes(b"\3" * 32))
    assert "has not signed" in refused(witnessed, witnesses=[WITNESS.public, other.public])


def test_without_a_key_the_one_inside_is_taken_and_told() -> None:
    """Then the reader has to compare it; with another ledger's key nothing passes."""
    content = encoded(LEDGER.receipt())
    assert check_receipt(content).key == KEY.public
    assert "another ledger" in refused(content, key=OTHER_KEY.public)
    forged = LEDGER.receipt() | {"key": OTHER_KEY.public.vkey}
    assert "cannot be trusted" in refused(forged, key=None)
    # Whoever signs all of it with a key of their own is found by comparing the key.
    own = forged | {"checkpoint": LEDGER.note(12, OTHER_KEY)}
    assert check_receipt(encoded(own)).key == OTHER_KEY.public
    assert "another ledger" in refused(own)


def test_every_changed_receipt_is_refused() -> None:
    """Forged, swapped, cut, doubled, of another ledger, size, key or form: each of hundreds is refused."""
    spoiled = list(spoiled_receipts(LEDGER, THEIRS))
    assert len(spoiled) > 500
    for what, receipt in spoiled:
        with pytest.raises(ReceiptRefused):
            raise AssertionError(what, check_receipt(encoded(receipt), KEY.public))


def test_an_entry_of_another_grant_does_not_slip_in() -> None:
    """Though it is proved to be in the ledger, it has no place in this receipt."""
    signed = Signed(LEDGER.note(12), LEDGER.checkpoint(12), KEY.public)
    mixed = build_receipt(ABOUT, signed, LEDGER, list(enumerate(LEDGER.bodies, 1)))
    assert "about another grant" in refused(mixed)
    no_grant = [(seq, body) for seq, body in LEDGER.mine if '"grant":null' in body]
    assert "came from this request" in refused(build_receipt(ABOUT, signed, LEDGER, no_grant))
    later = LEDGER.receipt(9)
    later["later"].append(LEDGER.bodies[11])
    assert "about another grant" in refused(later)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"format":NaN}',
        b'{"format":"broker-receipt/2"}',
        b'{"format":' + b"9" * 10_000 + b"}",
        encoded(LEDGER.receipt()).replace(b'"grant": "grant_mine"', b'"grant": "x",\n "grant": "grant_mine"'),
        encoded(LEDGER.receipt())[:-20],
        encoded(LEDGER.receipt()) + b"{}",
        b" " * (MAX_BYTES + 1),
    ],
)
def test_what_is_no_receipt_is_refused_in_words(content: bytes) -> None:
    """Rubbish, half a file, two of a name, numbers without end: a sentence, never a crash."""
    assert "receipt" in refused(content)


@given(st.data())
def test_one_flipped_bit_anywhere_is_refused_or_changes_nothing(data: st.DataObject) -> None:
    """Of a whole file, wherever it is flipped: what still passes proves the same."""
    content = bytearray(encoded(LEDGER.receipt()))
    bit = data.draw(st.integers(0, len(content) * 8 - 1))
    content[bit // 8] ^= 1 << bit % 8
    try:
        checked = check_receipt(bytes(content), KEY.public)
    except ReceiptRefused:
        return
    assert checked == check_receipt(encoded(LEDGER.receipt()), KEY.public)


def test_a_ledger_that_does_not_fit_its_checkpoint_gives_no_receipt() -> None:
    """The broker checks its own proof first, and says whom to call."""
    signed = Signed(LEDGER.note(12), THEIRS.checkpoint(12), KEY.public)
    with pytest.raises(Unavailable, match="does not fit its own checkpoint"):
        build_receipt(ABOUT, signed, LEDGER, LEDGER.mine)
