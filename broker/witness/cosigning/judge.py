"""Whether a witness may vouch for a checkpoint, from what it saw before. Pure.

The order of the questions is that of c2sp.org/tlog-witness, because the answers
tell the caller what to do next.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from broker.ledger.merkle.check import ProofRefused, check_consistency
from broker.witness.submission import Submission
from broker.witness.tree_head import TreeHead


class Why(StrEnum):
    """Why a witness does not vouch."""

    MALFORMED = "malformed"
    UNKNOWN_LEDGER = "unknown ledger"
    NOT_SIGNED = "not signed"
    OTHER_SIZE = "other size"
    FORKED = "forked"
    NOT_PROVEN = "not proven"


@dataclass(frozen=True)
class Refusal:
    """``words`` are for whoever runs the ledger; ``seen`` is how far the witness saw it, where that helps."""

    why: Why
    words: str
    seen: int | None = None

    @property
    def is_kept(self) -> bool:
        """Whether what was signed may show, or shows, that the ledger does not only grow."""
        return self.why in {Why.FORKED, Why.NOT_PROVEN}


def judge(submission: Submission, head: TreeHead, last: TreeHead) -> Refusal | None:
    """None when ``head``, which the ledger's key signed, goes on from ``last``, the largest one seen."""
    if submission.old_size > head.size:
        return Refusal(Why.MALFORMED, "The old size is larger than the checkpoint.")
    if submission.old_size != last.size:
        return Refusal(
            Why.OTHER_SIZE, f"The last checkpoint vouched for here has {last.size} entries.", last.size
        )
    if head.size == last.size and head.root != last.root:
        return Refusal(
            Why.FORKED, f"Another checkpoint of {last.size} entries was vouched for here.", last.size
        )
    try:
        check_consistency(last.size, last.root, head.size, head.root, submission.proof)
    except ProofRefused as error:
        return Refusal(Why.NOT_PROVEN, str(error))
    return None
