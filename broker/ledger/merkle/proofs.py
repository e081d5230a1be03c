"""Makes the proofs of RFC 6962, section 2.1: that an entry is in a tree, that a tree goes on from an older one."""

from __future__ import annotations

from typing import Protocol

from broker.ledger.merkle.tree import EMPTY_ROOT, node


class Nodes(Protocol):
    """The hashes of complete subtrees, wherever they are kept."""

    def hash_at(self, level: int, index: int) -> bytes:
        """The subtree over the ``2**level`` leaves that begin with leaf ``index * 2**level``: 32 bytes."""
        ...


def root_of(nodes: Nodes, size: int) -> bytes:
    """The hash of the tree over the first ``size`` leaves."""
    return _hash(nodes, 0, size) if size else EMPTY_ROOT


def inclusion_proof(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """What leads from leaf ``index``, counted from 0, to the root over ``size`` leaves, the leaf's sibling first.

    Raises ValueError when there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError("There is no such leaf in this tree.")
    path: list[bytes] = []
    begin, count = 0, size
    while count > 1:
        half = _largest_power_below(count)
        if index - begin < half:
            path.append(_hash(nodes, begin + half, count - half))
            count = half
        else:
            path.append(_hash(nodes, begin, half))
            begin, count = begin + half, count - half
    return path[::-1]


def consistency_proof(nodes: Nodes, old: int, new: int) -> list[bytes]:
    """What shows that the first ``old`` of ``new`` leaves are the tree of that older size.

    Empty when either says nothing: an empty tree, or one that did not grow.
    Raises ValueError when ``old`` exceeds ``new``.
    """
    if not 0 <= old <= new:
        raise ValueError("A tree cannot go on from a larger one.")
    if old in {0, new}:
        return []
    path: list[bytes] = []
    begin, count, whole = 0, new, True
    while old - begin != count:
        half = _largest_power_below(count)
        if old - begin <= half:
            path.append(_hash(nodes, begin + half, count - half))
            count = half
        else:
            path.append(_hash(nodes, begin, half))
            begin, count, whole = begin + half, count - half, False
    # Who holds the older root knows this subtree when it is that whole tree.
    return path[::-1] if whole else [_hash(nodes, begin, count), *path[::-1]]


def _hash(nodes: Nodes, begin: int, count: int) -> bytes:
    level = count.bit_length() - 1
    if count == 1 << level:
        return nodes.hash_at(level, begin >> level)
    half = 1 << level
    return node(nodes.hash_at(level, begin >> level), _hash(nodes, begin + half, count - half))


def _largest_power_below(count: int) -> int:
    return int(1 << (count - 1).bit_length() - 1)
