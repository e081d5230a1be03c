"""Checks a receipt with nothing but the file and the ledger's public key. Whoever wrote the file may be hostile."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from broker.errors import ConfigurationError, Invalid
from broker.ledger.body import decompose, instant, is_canonical, leaf_digest, read_body
from broker.ledger.checkpoints.checkpoint import Checkpoint, parse_checkpoint
from broker.ledger.entry import Recorded
from broker.ledger.facts import checked
from broker.ledger.merkle.check import ProofRefused, check_inclusion
from broker.ledger.signing.cosign import Cosignature, CosignerKey, cosignatures
from broker.ledger.signing.keys import PublicKey, decoded, parse_public
from broker.ledger.verifying.receipt_form import ReceiptRefused, read_receipt


@dataclass(frozen=True)
class CheckedReceipt:
    """What a receipt proves.

    Each of ``entries`` is in the ledger that ``checkpoint`` counts, and
    ``cosignatures`` are those of the witnesses one asked about. ``later`` was
    added by whoever made the file: no checkpoint covers it yet.
    """

    grant: str
    request: str
    key: PublicKey
    checkpoint: Checkpoint
    entries: tuple[Recorded, ...]
    later: tuple[Recorded, ...]
    cosignatures: tuple[Cosignature, ...]


def check_receipt(
    content: bytes, key: PublicKey | None = None, witnesses: Iterable[CosignerKey] = ()
) -> CheckedReceipt:
    """Everything a receipt says, once all of it was checked.

    Without ``key`` the one inside is taken, which proves nothing until it is
    compared with one that came another way. Every one of ``witnesses`` must have
    signed. Raises ReceiptRefused.
    """
    file = read_receipt(content)
    used = _key(file["key"], key)
    try:
        checkpoint = parse_checkpoint(file["checkpoint"], used)
    except Invalid as error:
        raise ReceiptRefused(f"The checkpoint in the receipt cannot be trusted. {error}") from error
    entries = tuple(_proved(line, checkpoint, place) for place, line in enumerate(file["entries"], 1))
    later = tuple(_later(body, checkpoint, place) for place, body in enumerate(file["later"], 1))
    _check_story(file["grant"], file["request"], entries, later)
    signed = _cosigned(file["checkpoint"], tuple(witnesses))
    return CheckedReceipt(file["grant"], file["request"], used, checkpoint, entries, later, signed)


def _key(said: str, held: PublicKey | None) -> PublicKey:
    try:
        inside = parse_public(said)
    except ConfigurationError as error:
        raise ReceiptRefused("The receipt names no public key of a ledger.") from error
    if held and inside != held:
        raise ReceiptRefused("The receipt is of another ledger than the one whose public key you hold.")
    return held or inside


def _proved(line: Any, checkpoint: Checkpoint, place: int) -> Recorded:
    if not isinstance(line, dict) or line.keys() != {"body", "proof"} or not isinstance(line["proof"], list):
        raise ReceiptRefused(f"Part {place} of the receipt is not an entry with its proof.")
    recorded = _entry(line["body"], place)
    try:
        proof = [decoded(each) for each in line["proof"]]
    except (ValueError, TypeError) as error:
        raise ReceiptRefused(f"The proof of entry {recorded.seq} is malformed.") from error
    try:
        leaf = bytes.fromhex(recorded.digest)
        check_inclusion(leaf, recorded.seq - 1, checkpoint.size, proof, checkpoint.root)
    except ProofRefused as error:
        raise ReceiptRefused(f"Entry {recorded.seq} is not proved to be in the ledger. {error}") from error
    return recorded


def _later(body: Any, checkpoint: Checkpoint, place: int) -> Recorded:
    recorded = _entry(body, place)
    if recorded.seq <= checkpoint.size:
        raise ReceiptRefused(f"Entry {recorded.seq} should be proved, and is not.")
    return recorded


def _entry(body: Any, place: int) -> Recorded:
    raw = body.encode(errors="replace") if isinstance(body, str) else b""
    said = read_body(raw)
    if said is None or not is_canonical(raw, said):
        raise ReceiptRefused(f"Part {place} of the receipt is not an entry of a ledger.")
    try:
        recorded = decompose(body, leaf_digest(raw))
        checked(recorded.entry)
    except (Invalid, ValueError, TypeError, AttributeError) as error:
        raise ReceiptRefused(f"Part {place} of the receipt is not an entry of a ledger.") from error
    if recorded.seq < 1 or instant(recorded.at) != said["at"]:
        raise ReceiptRefused(f"Part {place} of the receipt is not an entry of a ledger.")
    return recorded


def _check_story(grant: str, request: str, entries: Sequence[Recorded], later: Sequence[Recorded]) -> None:
    if not entries:
        raise ReceiptRefused("Nothing in the receipt is proved.")
    told = (*entries, *later)
    if any(each.entry.grant != grant and each.entry.request != request for each in told):
        raise ReceiptRefused("The receipt holds an entry about another grant.")
    if not any((each.entry.grant, each.entry.request) == (grant, request) for each in entries):
        raise ReceiptRefused("No proved entry says that this grant came from this request.")
    places = [each.seq for each in told]
    if places != sorted(set(places)):
        raise ReceiptRefused("The receipt's entries are not in order, or one is there twice.")


def _cosigned(note: str, witnesses: tuple[CosignerKey, ...]) -> tuple[Cosignature, ...]:
    signed = tuple(cosignatures(note, witnesses))
    missing = [each.name for each in witnesses if each not in {one.key for one in signed}]
    if missing:
        raise ReceiptRefused(f"The witness {missing[0]} has not signed the checkpoint in this receipt.")
    return signed
