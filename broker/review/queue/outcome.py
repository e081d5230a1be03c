"""What a reviewer can find."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    APPROPRIATE = "appropriate"
    QUESTIONABLE = "questionable"
    MISUSE = "misuse"
    DRILL = "drill"


# A drill too: it says which one, so that nobody makes an embarrassing access one afterwards in passing.
NOTE_NEEDED = frozenset({Outcome.QUESTIONABLE, Outcome.MISUSE, Outcome.DRILL})
