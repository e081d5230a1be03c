"""What a reviewer can find."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    APPROPRIATE = "appropriate"
    QUESTIONABLE = "questionable"
    MISUSE = "misuse"


NOTE_NEEDED = frozenset({Outcome.QUESTIONABLE, Outcome.MISUSE})
