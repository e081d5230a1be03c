"""Checks a proof that stands in a file, with the ledger's public key. Whoever wrote the file may be hostile."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from broker.errors import Invalid
from broker.ledger.body import decompose, is_canonical, leaf_digest, read_body
from broker.ledger.checkpoints.checkpoint import Checkpoint, parse_checkpoint
from broker.ledger.entry import Recorded
from broker.ledger.exporting.proof_files import EXTRA, INCLUSION, INDEX, OLD
from broker.ledger.merkle.check import ProofRefused, Reason, check_consistency, check_inclusion
from broker.ledger.signing.keys import PublicKey, decoded

_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True)
class CheckedInclusion:
    """``recorded`` is in the ledger that ``checkpoint`` counts."""

    recorded: Recorded
    checkpoint: Checkpoint


@dataclass(frozen=True)
class CheckedGrowth:
    """The ledger ``new`` counts begins with all that ``old``, which one held already, counts."""

    old: Checkpoint
    new: Checkpoint


def check_inclusion_file(text: str, key: PublicKey) -> CheckedInclusion:
    """Raises ProofRefused for anything but a true proof of an entry."""
    lines, checkpoint = _parts(text, key)
    if next(lines, "") != INCLUSION:
        raise _malformed("it does not begin as one")
    body = _decoded(_after(EXTRA, next(lines, "")))
    index = _number(_after(INDEX, next(lines, "")))
    said = read_body(body)
    if said is None or not is_canonical(body, said) or said["seq"] != index + 1:
        raise _malformed("it holds no entry of that place")
    leaf = leaf_digest(body)
    check_inclusion(
        bytes.fromhex(leaf), index, checkpoint.size, [_decoded(line) for line in lines], checkpoint.root
    )
    return CheckedInclusion(_recorded(body, leaf), checkpoint)


def check_growth_file(text: str, key: PublicKey, held: Iterable[Checkpoint]) -> CheckedGrowth:
    """Against the checkpoint of the old size among those one ``held``. Raises ProofRefused."""
    lines, new = _parts(text, key)
    size = _number(_after(OLD, next(lines, "")))
    proof = [_decoded(line) for line in lines]
    olds = [each for each in held if each.size == size]
    if not olds:
        raise ProofRefused(
            Reason.SIZE, f"You hold no checkpoint of {size} entries, so there is nothing to compare with."
        )
    for old in olds:
        check_consistency(size, old.root, new.size, new.root, proof)
    return CheckedGrowth(olds[-1], new)


def _parts(text: str, key: PublicKey) -> tuple[Iterator[str], Checkpoint]:
    head, gap, note = text.partition("\n\n")
    if not gap:
        raise _malformed("a part is missing")
    try:
        return iter(head.split("\n")), parse_checkpoint(note, key)
    except Invalid as error:
        raise ProofRefused(Reason.ROOT, f"The checkpoint in the proof cannot be trusted. {error}") from error


def _after(word: str, line: str) -> str:
    if not line.startswith(word):
        raise _malformed(f"a line with «{word.strip()}» is missing")
    return line.removeprefix(word)


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise _malformed("a number is not written as one")
    return int(text)


def _decoded(text: str) -> bytes:
    try:
        return decoded(text)
    except ValueError as error:
        raise _malformed("a part is not base64") from error


def _recorded(body: bytes, digest: str) -> Recorded:
    try:
        return decompose(body.decode(), digest)
    except ValueError as error:
        raise _malformed("its entry has no time") from error


def _malformed(why: str) -> ProofRefused:
    return ProofRefused(Reason.FORM, f"This is not a proof: {why}.")
