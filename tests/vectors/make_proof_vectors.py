"""``python -m tests.vectors.make_proof_vectors``: proofs, checkpoints and receipts for checkers in other languages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from broker.ledger.checkpoints.checkpoint import Checkpoint, sign_checkpoint
from broker.ledger.merkle.proofs import consistency_proof, inclusion_proof
from broker.ledger.signing.note import sign_note
from tests.fakes.receipts import ABOUT, KEY, NOON, OTHER_KEY, small_ledger
from tests.fakes.rfc6962 import Subtrees, leaf, mth
from tests.fakes.spoiled_receipts import spoiled_receipts

FILE = Path(__file__).with_name("proofs.json")
SIZES = (1, 2, 3, 4, 7, 8, 13)
# One in so many of the spoiled receipts: all of them would be four megabytes.
ONE_IN = 23

_NODES = Subtrees()
_Case = dict[str, Any]


def vectors() -> _Case:
    return {
        "about": "See docs/ledger-format.md and docs/receipts.md. Hashes are in hex. «ok» says whether it must be accepted.",
        "key": KEY.public.vkey,
        "leaves": [leaf(number).hex() for number in range(SIZES[-1])],
        "roots": [mth(0, size).hex() for size in range(SIZES[-1] + 1)],
        "inclusion": list(_inclusion()),
        "consistency": list(_consistency()),
        "checkpoints": list(_checkpoints()),
        "receipts": list(_receipts()),
    }


def written(content: _Case) -> str:
    return json.dumps(content, ensure_ascii=True, indent=1) + "\n"


def _inclusion() -> Iterator[_Case]:
    for size in SIZES:
        for index in range(size):
            proof = inclusion_proof(_NODES, index, size)
            case = {"leaf": leaf(index).hex(), "index": index, "size": size, "root": mth(0, size).hex()}
            yield case | {"proof": [each.hex() for each in proof], "ok": True}
            yield case | {"proof": [leaf(99).hex(), *(each.hex() for each in proof)], "ok": False}
            yield case | {"leaf": leaf(99).hex(), "proof": [each.hex() for each in proof], "ok": False}
            yield case | {"index": size, "proof": [each.hex() for each in proof], "ok": False}
            if proof:
                yield case | {"proof": [each.hex() for each in proof[1:]], "ok": False}
                yield case | {"index": index ^ 1, "proof": [each.hex() for each in proof], "ok": False}


def _consistency() -> Iterator[_Case]:
    for new in SIZES:
        for old in range(new + 1):
            proof = [each.hex() for each in consistency_proof(_NODES, old, new)]
            roots = {"old_root": mth(0, old).hex(), "new_root": mth(0, new).hex()}
            case = {"old": old, "new": new, **roots}
            yield case | {"proof": proof, "ok": True}
            yield case | {"proof": [*proof, leaf(99).hex()], "ok": False}
            yield case | {"new_root": leaf(99).hex(), "proof": proof, "ok": old == 0}
            if proof:
                yield case | {"proof": proof[:-1], "ok": False}
                yield case | {"old_root": leaf(99).hex(), "proof": proof, "ok": False}
                yield case | {"old": new, "new": old, "proof": proof, "ok": False}


def _checkpoints() -> Iterator[_Case]:
    here = Checkpoint(13, mth(0, 13), NOON)
    note, root = sign_checkpoint(KEY, here), sign_checkpoint(KEY, here).split("\n")[2]
    yield {"note": note, "size": 13, "root": here.root.hex(), "ok": True}
    yield {
        "note": sign_checkpoint(KEY, Checkpoint(13, here.root)),
        "size": 13,
        "root": here.root.hex(),
        "ok": True,
    }
    name = KEY.name
    texts = (
        f"{name}/chain\n13\n{root}\n",
        f"other.example/ledger\n13\n{root}\n",
        *(
            f"{name}\n{size}\n{root}\n"
            for size in ("013", "-13", "+13", "13.0", "", "9" * 19, "\u0661\u0663")
        ),
        *(
            f"{name}\n13\n{wrong}\n"
            for wrong in (root[:-1], root + "=", root[:-2] + "B=", "", here.root.hex())
        ),
        f"{name}\n13\n{root}\nat noon\n",
        f"{name}\n13\n{root}\nmore\n",
        f"{name}\n13\n{root}\nat 2026-03-01T12:00:00.000000Z\nmore\n",
    )
    yield from ({"note": sign_note(text, KEY), "ok": False} for text in texts)
    for wrong in (
        sign_checkpoint(OTHER_KEY, here),
        note.replace("\n13\n", "\n14\n"),
        note + note.splitlines()[-1] + "\n",
        note.replace("\n\n", "\n"),
        note.removesuffix("\n"),
        note.replace("\u2014 ", "- "),
    ):
        yield {"note": wrong, "ok": False}


def _receipts() -> Iterator[_Case]:
    ledger, other = small_ledger(), small_ledger(type(ABOUT)("grant_other", "request_other"))
    yield {"what": "all of it proved", "file": ledger.receipt(), "ok": True}
    yield {"what": "two entries later than the checkpoint", "file": ledger.receipt(8), "ok": True}
    yield {"what": "with a witness", "file": ledger.receipt(witnessed=True), "ok": True}
    for what, file in islice(spoiled_receipts(ledger, other), 0, None, ONE_IN):
        yield {"what": what, "file": file, "ok": False}


if __name__ == "__main__":
    FILE.write_text(written(vectors()), encoding="utf-8")
