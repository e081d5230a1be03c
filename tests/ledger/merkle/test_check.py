"""A malicious server's proofs: every one that is not the true one is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.ledger.merkle.check import ProofRefused, Reason, check_consistency, check_inclusion
from broker.ledger.merkle.proofs import consistency_proof, inclusion_proof
from broker.ledger.merkle.tree import EMPTY_ROOT
from tests.fakes.rfc6962 import Subtrees, leaf, mth

NODES = Subtrees()
SIZES = range(1, 71)
OTHER = leaf(10**6)


def spoiled(proof: list[bytes]) -> Iterator[list[Any]]:
    """The proof cut, lengthened, doubled, swapped, flipped, emptied, and of other things than hashes."""
    yield [*proof, OTHER]
    yield [OTHER, *proof]
    yield [*proof, b""]
    for place, each in enumerate(proof):
        rest = proof[place + 1 :]
        yield [*proof[:place], *rest]
        yield [*proof[:place], each, each, *rest]
        yield [*proof[:place], OTHER, *rest]
        yield [*proof[:place], bytes([each[0] ^ 1]) + each[1:], *rest]
        yield [*proof[:place], each[:-1] + bytes([each[-1] ^ 0x80]), *rest]
        yield [*proof[:place], each[:-1], *rest]
        yield [*proof[:place], each + b"\0", *rest]
        yield [*proof[:place], each.hex(), *rest]
        yield [*proof[:place], None, *rest]
        for other in range(place):
            swapped = list(proof)
            swapped[place], swapped[other] = swapped[other], swapped[place]
            yield swapped


def refuses_inclusion(*claim: Any) -> ProofRefused:
    with pytest.raises(ProofRefused) as refused:
        check_inclusion(*claim)
    return refused.value


def refuses_consistency(*claim: Any) -> ProofRefused:
    with pytest.raises(ProofRefused) as refused:
        check_consistency(*claim)
    return refused.value


@pytest.mark.parametrize("size", SIZES)
def test_no_other_inclusion_proof_is_accepted(size: int) -> None:
    """For every entry of every size: the proof spoiled in any way, another leaf, another place, another root."""
    root = mth(0, size)
    for index in range(size):
        proof = inclusion_proof(NODES, index, size)
        for other in spoiled(proof):
            refuses_inclusion(leaf(index), index, size, other, root)
        refuses_inclusion(OTHER, index, size, proof, root)
        refuses_inclusion(leaf(index), index, size, proof, OTHER)
        refuses_inclusion(leaf(index), index, size, proof, mth(0, size - 1))
        for elsewhere in set(range(size)) - {index}:
            refuses_inclusion(leaf(index), elsewhere, size, proof, root)
        assert refuses_inclusion(leaf(index), size, size, proof, root).code is Reason.SIZE


@pytest.mark.parametrize("size", SIZES)
def test_no_proof_for_another_size_is_accepted_with_its_root(size: int) -> None:
    """A proof made for one tree does not pass for a larger or smaller one."""
    for index in range(size):
        proof = inclusion_proof(NODES, index, size)
        for other in {size + 1, size + 2, size * 2, size - 1} - {index}:
            if other > index:
                refuses_inclusion(leaf(index), index, other, proof, mth(0, other))


@pytest.mark.parametrize("new", SIZES)
def test_no_other_consistency_proof_is_accepted(new: int) -> None:
    """For every two sizes: the proof spoiled in any way, other roots, roots exchanged, sizes off by one."""
    new_root = mth(0, new)
    for old in range(new):
        old_root = mth(0, old)
        proof = consistency_proof(NODES, old, new)
        for other in spoiled(proof):
            if old or other:
                refuses_consistency(old, old_root, new, new_root, other)
        refuses_consistency(old, OTHER, new, new_root, proof)
        if old:
            assert refuses_consistency(old, old_root, new, OTHER, proof)
            refuses_consistency(old, new_root, new, old_root, proof)
            refuses_consistency(old, mth(0, old - 1), new, new_root, proof)
            refuses_consistency(old, old_root, new + 1, new_root, [])
        refuses_consistency(new, new_root, old, old_root, proof)


@pytest.mark.parametrize("size", SIZES)
def test_a_proof_of_another_length_than_the_sizes_ask_for_is_refused(size: int) -> None:
    """With the very root it leads to: a size is not believed because the hashes fit.

    Sizes that ask for the same steps cannot be told apart by a proof; the checkpoint says size and root together.
    """
    root = mth(0, size)
    for other in set(range(1, 80)) - {size}:
        for place in range(0, min(size, other), 3):
            proof = inclusion_proof(NODES, place, size)
            if len(proof) != len(inclusion_proof(NODES, place, other)):
                refuses_inclusion(leaf(place), place, other, proof, root)
            growth = consistency_proof(NODES, place, size)
            if place and len(growth) != len(consistency_proof(NODES, place, other)):
                refuses_consistency(place, mth(0, place), other, root, growth)


def test_a_fork_at_one_size_is_named() -> None:
    """Two roots for one size are the plainest fraud."""
    assert refuses_consistency(7, mth(0, 7), 7, OTHER, []).code is Reason.ROOT
    check_consistency(7, mth(0, 7), 7, mth(0, 7), [])


def test_the_empty_ledger_has_one_root() -> None:
    """Nothing but the hash of nothing stands for an empty ledger, at either end."""
    check_consistency(0, EMPTY_ROOT, 0, EMPTY_ROOT, [])
    check_consistency(0, EMPTY_ROOT, 9, mth(0, 9), [])
    assert refuses_consistency(0, OTHER, 9, mth(0, 9), []).code is Reason.OLD_ROOT
    assert refuses_consistency(0, EMPTY_ROOT, 0, OTHER, []).code is Reason.ROOT
    assert refuses_consistency(0, OTHER, 0, OTHER, []).code is Reason.OLD_ROOT
    assert refuses_consistency(0, EMPTY_ROOT, 9, mth(0, 9), [OTHER]).code is Reason.LENGTH


@pytest.mark.parametrize(
    "number", [-1, 2**63, 2**64 + 3, 10**400, True, 1.0, "1", "\N{ARABIC-INDIC DIGIT ONE}", None]
)
def test_numbers_no_ledger_has_are_refused_at_once(number: object) -> None:
    """Negative, huge, yes, a fraction, text: no arithmetic is tried with it."""
    good = mth(0, 3)
    assert refuses_inclusion(leaf(1), number, 3, [OTHER], good).code is Reason.SIZE
    assert refuses_inclusion(leaf(1), 1, number, [OTHER], good).code is Reason.SIZE
    assert refuses_consistency(number, good, 3, good, [OTHER]).code is Reason.SIZE
    assert refuses_consistency(3, good, number, good, [OTHER]).code is Reason.SIZE


@given(
    st.integers(0, 2**63 - 1),
    st.integers(0, 2**63 - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=130),
)
def test_invented_proofs_are_refused_in_a_moment(one: int, other: int, proof: list[bytes]) -> None:
    """Sizes up to the largest, hashes out of thin air: refused, and never a crash or a hang."""
    low, high = sorted((one, other))
    refuses_inclusion(leaf(1), low, high, proof, OTHER)
    if (low, high) != (0, 0) and (low or proof):
        refuses_consistency(low, leaf(2), high, OTHER, proof)


def test_a_node_does_not_pass_for_an_entry() -> None:
    """The hash of two entries together is not accepted as an entry of a tree half as large with the same root."""
    root = mth(0, 4)
    refuses_inclusion(mth(0, 2), 0, 4, [mth(2, 4)], root)
    # RFC 6962 tells leaves and nodes apart when hashing, so no entry's bytes have this hash.
    check_inclusion(mth(0, 2), 0, 2, [mth(2, 4)], root)
