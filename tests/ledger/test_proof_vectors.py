"""The published files of proofs, checkpoints and receipts say what this program does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from broker.errors import BrokerError
from broker.ledger.checkpoints.checkpoint import parse_checkpoint
from broker.ledger.merkle.check import check_consistency, check_inclusion
from broker.ledger.signing.keys import parse_public
from broker.ledger.verifying.receipt import check_receipt
from tests.vectors.make_proof_vectors import FILE, vectors, written

VECTORS: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
KEY = parse_public(VECTORS["key"])
raw = bytes.fromhex


def accepted(check: Any, *claim: Any) -> bool:
    try:
        check(*claim)
    except BrokerError:
        return False
    return True


def hashes(case: dict[str, Any]) -> list[bytes]:
    return [raw(each) for each in case["proof"]]


def test_the_file_is_what_is_made_today() -> None:
    """Who changes a format makes the vectors anew, and sees in the difference what others will see."""
    assert FILE.read_text(encoding="utf-8") == written(vectors())


def test_every_inclusion_is_judged_as_published() -> None:
    for case in VECTORS["inclusion"]:
        claim = (raw(case["leaf"]), case["index"], case["size"], hashes(case), raw(case["root"]))
        assert accepted(check_inclusion, *claim) is case["ok"], case


def test_every_consistency_is_judged_as_published() -> None:
    for case in VECTORS["consistency"]:
        old, new = (case["old"], raw(case["old_root"])), (case["new"], raw(case["new_root"]))
        assert accepted(check_consistency, *old, *new, hashes(case)) is case["ok"], case


@pytest.mark.parametrize("case", VECTORS["checkpoints"])
def test_every_checkpoint_is_judged_as_published(case: dict[str, Any]) -> None:
    """With the published key, and for the size and the root it says."""
    assert accepted(parse_checkpoint, case["note"], KEY) is case["ok"]
    if case["ok"]:
        said = parse_checkpoint(case["note"], KEY)
        assert (said.size, said.root.hex()) == (case["size"], case["root"])


def test_every_receipt_is_judged_as_published() -> None:
    for case in VECTORS["receipts"]:
        assert accepted(check_receipt, json.dumps(case["file"]).encode(), KEY) is case["ok"], case["what"]
