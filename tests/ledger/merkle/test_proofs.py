from __future__ import annotations

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.ledger.merkle.check import check_consistency, check_inclusion
from broker.ledger.merkle.proofs import consistency_proof, inclusion_proof, root_of
from broker.ledger.merkle.tree import EMPTY_ROOT, CompactRange
from tests.fakes.rfc6962 import Subtrees, leaf, mth, path, subproof

LARGEST = 70
SIZES = range(LARGEST + 1)
NODES = Subtrees()


@pytest.fixture(scope="module")
def oracle() -> pymerkle.InmemoryTree:
    """Another's tree of the same leaves."""
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for number in range(LARGEST):
        tree.append_entry(str(number).encode())
    return tree


def test_a_tree_grown_leaf_by_leaf_has_the_root_another_finds(oracle: pymerkle.InmemoryTree) -> None:
    """At every size the compact range, the subtrees, the RFC's definition and pymerkle agree."""
    tree = CompactRange()
    assert tree.root() == EMPTY_ROOT == mth(0, 0) == root_of(NODES, 0)
    for size in SIZES[1:]:
        tree.append(leaf(size - 1))
        assert tree.root() == mth(0, size) == root_of(NODES, size) == oracle.get_root(size)
        assert len(tree.hashes) == size.bit_count()


@pytest.mark.parametrize("size", SIZES)
def test_a_tree_goes_on_from_what_was_kept_of_it(size: int) -> None:
    """Size and complete subtrees are enough to grow on."""
    kept = CompactRange()
    for number in range(size):
        kept.append(leaf(number))
    again = CompactRange(size, tuple(kept.hashes))
    for number in range(size, LARGEST):
        again.append(leaf(number))
    assert again.root() == mth(0, LARGEST)


@pytest.mark.parametrize(("size", "hashes"), [(1, ()), (2, (b"x", b"y")), (0, (b"x",)), (-1, ())])
def test_a_tree_does_not_go_on_from_something_else(size: int, hashes: tuple[bytes, ...]) -> None:
    """There is one hash for each complete subtree, no more and no fewer."""
    with pytest.raises(ValueError, match="not the complete subtrees"):
        CompactRange(size, hashes)


@pytest.mark.parametrize("size", SIZES[1:])
def test_every_inclusion_proof_is_the_rfcs_and_anothers(oracle: pymerkle.InmemoryTree, size: int) -> None:
    """Hash for hash the RFC's path, of pymerkle's hashes, and accepted."""
    for index in range(size):
        proof = inclusion_proof(NODES, index, size)
        assert proof == path(index, 0, size)
        theirs = oracle.prove_inclusion(index + 1, size).path
        assert sorted([leaf(index), *proof]) == sorted(theirs)
        check_inclusion(leaf(index), index, size, proof, oracle.get_root(size))


@pytest.mark.parametrize("new", SIZES)
def test_every_consistency_proof_is_the_rfcs_and_anothers(oracle: pymerkle.InmemoryTree, new: int) -> None:
    """Hash for hash the RFC's proof, and accepted where pymerkle's own, of another form, is; none from empty or alike."""
    for old in range(new + 1):
        proof = consistency_proof(NODES, old, new)
        check_consistency(old, mth(0, old), new, mth(0, new), proof)
        if old in {0, new}:
            assert proof == []
            continue
        assert proof == subproof(old, 0, new, True)
        theirs = oracle.prove_consistency(old, new)
        pymerkle.verify_consistency(mth(0, old), mth(0, new), theirs)


@given(st.integers(1, 2**12), st.data())
def test_a_large_ledgers_proofs_are_short_and_accepted(size: int, data: st.DataObject) -> None:
    """No more hashes than the tree is high, plus one."""
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    inclusion, consistency = inclusion_proof(NODES, index, size), consistency_proof(NODES, old, size)
    assert len(inclusion) <= (size - 1).bit_length()
    assert len(consistency) <= size.bit_length() + 1
    check_inclusion(leaf(index), index, size, inclusion, mth(0, size))
    check_consistency(old, mth(0, old), size, mth(0, size), consistency)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5), (6, 5)])
def test_what_is_not_there_is_not_proved(index: int, size: int) -> None:
    """An entry beyond the tree has no proof."""
    with pytest.raises(ValueError, match="no such leaf"):
        inclusion_proof(NODES, index, size)


@pytest.mark.parametrize(("old", "new"), [(6, 5), (-1, 5)])
def test_a_tree_that_shrank_has_no_proof(old: int, new: int) -> None:
    """Only growth can be proved."""
    with pytest.raises(ValueError, match="cannot go on"):
        consistency_proof(NODES, old, new)
