"""What came of sending a batch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from broker.feeds.formats.about import About
from broker.ledger.entry import Recorded

Batch = list[tuple[Recorded, About]]


@dataclass(frozen=True)
class Answer:
    """``taken``: so many of the batch, from its beginning, the receiver has for certain.

    ``fault`` says why the next one is not among them, empty when all are; with ``refused``
    that one itself is to blame, or with ``of_many`` one of the batch, nobody said which.
    ``wait`` is what the receiver asked for.
    """

    taken: int = 0
    fault: str = ""
    refused: bool = False
    of_many: bool = False
    wait: timedelta | None = None
