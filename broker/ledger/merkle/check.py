"""Checks the proofs of RFC 6962 with nothing but their numbers and hashes.

The steps are those of RFC 9162, sections 2.1.3.2 and 2.1.4.2. Whoever made the
proof may be hostile: everything that is not exactly a proof is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from broker.errors import BrokerError
from broker.ledger.merkle.tree import EMPTY_ROOT, HASH_LENGTH, node

# As in a checkpoint: numbers beyond this are nobody's ledger.
MAX_SIZE = 2**63 - 1


class Reason(StrEnum):
    """Why a proof was refused."""

    FORM = "form"
    SIZE = "size"
    LENGTH = "length"
    HASH = "hash"
    ROOT = "root"
    OLD_ROOT = "old-root"


class ProofRefused(BrokerError):
    """It proves nothing. ``code`` says why, for programs."""

    help = "Do not rely on it. Ask for it again, and if it is refused again, ask security."

    def __init__(self, code: Reason, message: str) -> None:
        super().__init__(message)
        self.code = code


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """That ``leaf`` is number ``index``, counted from 0, of the ``size`` leaves under ``root``. Raises ProofRefused."""
    _check_numbers(index, size)
    if index >= size:
        raise ProofRefused(Reason.SIZE, "The proof is of an entry that is not among those counted.")
    _check_hashes(leaf, root, *proof)
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofRefused(Reason.LENGTH, "The proof is too long for a ledger of this size.")
        if place & 1 or place == last:
            found = node(sibling, found)
            # At the right edge there are levels without a sibling.
            shift = _trailing_zeroes(place)
            place, last = place >> shift, last >> shift
        else:
            found = node(found, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofRefused(Reason.LENGTH, "The proof is too short for a ledger of this size.")
    if found != root:
        raise ProofRefused(Reason.ROOT, "The proof does not lead to the root that was signed.")


def check_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """That the tree of ``new_size`` leaves begins with the whole tree of ``old_size``. Raises ProofRefused."""
    _check_numbers(old_size, new_size)
    if old_size > new_size:
        raise ProofRefused(Reason.SIZE, "The ledger would have become smaller.")
    _check_hashes(old_root, new_root, *proof)
    if old_size in {0, new_size}:
        _check_trivial(old_size, old_root, new_size, new_root, proof)
        return
    if not proof:
        raise ProofRefused(Reason.LENGTH, "The proof is empty, and a ledger that grew needs one.")
    # The older tree is a complete subtree of the newer one: its own root is where both begin.
    path = proof if old_size & (old_size - 1) else (old_root, *proof)
    old_found, new_found = _walk(old_size, new_size, path)
    if old_found != old_root:
        raise ProofRefused(Reason.OLD_ROOT, "The proof does not lead to the older root.")
    if new_found != new_root:
        raise ProofRefused(Reason.ROOT, "The proof does not lead to the newer root.")


def _walk(old_size: int, new_size: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    shift = _trailing_zeroes(old_size)
    place, last = (old_size - 1) >> shift, (new_size - 1) >> shift
    old_found = new_found = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofRefused(Reason.LENGTH, "The proof is too long for ledgers of these sizes.")
        if place & 1 or place == last:
            old_found, new_found = node(sibling, old_found), node(sibling, new_found)
            shift = _trailing_zeroes(place)
            place, last = place >> shift, last >> shift
        else:
            new_found = node(new_found, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofRefused(Reason.LENGTH, "The proof is too short for ledgers of these sizes.")
    return old_found, new_found


def _check_trivial(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    if proof:
        raise ProofRefused(Reason.LENGTH, "The proof has hashes where none can be.")
    if old_size == 0 and old_root != EMPTY_ROOT:
        raise ProofRefused(Reason.OLD_ROOT, "The root of the empty ledger is not this one.")
    if new_size == 0 and new_root != EMPTY_ROOT:
        raise ProofRefused(Reason.ROOT, "The root of the empty ledger is not this one.")
    if old_size == new_size and old_root != new_root:
        raise ProofRefused(Reason.ROOT, "Two roots for one size: the ledger was forked.")


def _trailing_zeroes(number: int) -> int:
    return (number & -number).bit_length() - 1 if number else 0


def _check_numbers(*numbers: int) -> None:
    # A bool is an int for Python, and nobody's size.
    if any(type(number) is not int or not 0 <= number <= MAX_SIZE for number in numbers):
        raise ProofRefused(Reason.SIZE, "A size or a place in the proof is no number a ledger can have.")


def _check_hashes(*hashes: bytes) -> None:
    if any(type(each) is not bytes or len(each) != HASH_LENGTH for each in hashes):
        raise ProofRefused(Reason.HASH, "A hash in the proof is not 32 bytes.")
