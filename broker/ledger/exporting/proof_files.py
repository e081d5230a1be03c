"""Proofs as files of the forms other transparency logs use.

That an entry is in the ledger: c2sp.org/tlog-proof, with the entry's body as its
extra data. That the ledger only grew: what c2sp.org/tlog-witness is sent, the old
size, the proof, the checkpoint.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Final

INCLUSION: Final = "c2sp.org/tlog-proof@v1"
EXTRA: Final = "extra "
INDEX: Final = "index "
OLD: Final = "old "


def write_inclusion(body: bytes, index: int, proof: Sequence[bytes], note: str) -> str:
    """That the entry ``body`` is number ``index``, counted from 0, of those the checkpoint ``note`` counts."""
    extra = f"{EXTRA}{base64.b64encode(body).decode()}"
    return "\n".join([INCLUSION, extra, f"{INDEX}{index}", *_lines(proof), "", note])


def write_growth(old_size: int, proof: Sequence[bytes], note: str) -> str:
    """That what the checkpoint ``note`` counts goes on from the first ``old_size`` entries."""
    return "\n".join([f"{OLD}{old_size}", *_lines(proof), "", note])


def _lines(proof: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(each).decode() for each in proof]
