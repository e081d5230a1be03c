"""Trees to prove things about: the definitions of RFC 6962, section 2.1, written down as they stand there."""

from __future__ import annotations

import hashlib
from functools import cache

from broker.ledger.merkle.tree import node


def leaf(number: int) -> bytes:
    """The leaf hash of an entry whose body is this number in decimal."""
    return hashlib.sha256(b"\x00" + str(number).encode()).digest()


@cache
def mth(begin: int, end: int) -> bytes:
    """MTH(D[begin:end])."""
    count = end - begin
    if count == 0:
        return hashlib.sha256(b"").digest()
    if count == 1:
        return leaf(begin)
    half = split(count)
    return node(mth(begin, begin + half), mth(begin + half, end))


def path(m: int, begin: int, end: int) -> list[bytes]:
    """PATH(m, D[begin:end])."""
    count = end - begin
    if count == 1:
        return []
    half = split(count)
    if m < half:
        return [*path(m, begin, begin + half), mth(begin + half, end)]
    return [*path(m - half, begin + half, end), mth(begin, begin + half)]


def subproof(m: int, begin: int, end: int, whole: bool) -> list[bytes]:
    """SUBPROOF(m, D[begin:end], whole)."""
    count = end - begin
    if m == count:
        return [] if whole else [mth(begin, end)]
    half = split(count)
    if m <= half:
        return [*subproof(m, begin, begin + half, whole), mth(begin + half, end)]
    return [*subproof(m - half, begin + half, end, False), mth(begin, begin + half)]


def split(count: int) -> int:
    """The largest power of two below ``count``."""
    half = 1
    while half * 2 < count:
        half *= 2
    return half


class Subtrees:
    """The complete subtrees of the tree of these numbers."""

    def hash_at(self, level: int, index: int) -> bytes:
        return mth(index << level, (index + 1) << level)
