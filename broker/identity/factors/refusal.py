"""Why a code was not taken, and what to do about it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from broker.errors import Refused


class Reason(StrEnum):
    WRONG = "wrong"
    USED = "used"  # a one-time code of this step or an earlier one
    SPENT = "spent"  # a recovery code
    LOCKED = "locked"
    NO_FACTOR = "no_factor"


_SENTENCES = {
    Reason.WRONG: "That code is not right.",
    Reason.USED: "Your code was already used.",
    Reason.SPENT: "That recovery code was already used.",
    Reason.LOCKED: "There were too many wrong tries.",
    Reason.NO_FACTOR: "No one-time code is set up for this account.",
}
_HELPS = {
    Reason.WRONG: "Type the six digits your app shows now, or use a recovery code.",
    Reason.USED: "Type the code your app shows now.",
    Reason.SPENT: "Use another one from your list.",
    Reason.LOCKED: "Try again now.",
    Reason.NO_FACTOR: "Set one up first.",
}


@dataclass(frozen=True)
class Refusal:
    """``wait`` is how long until a try can succeed: zero when at once."""

    reason: Reason
    wait: timedelta = timedelta(0)

    @property
    def seconds(self) -> int:
        return math.ceil(self.wait.total_seconds())

    @property
    def message(self) -> str:
        return _SENTENCES[self.reason]

    @property
    def help(self) -> str:
        if self.wait <= timedelta(0):
            return _HELPS[self.reason]
        if self.reason is Reason.USED:
            return f"Wait for the next one ({in_words(self.wait)})."
        return f"Try again in {in_words(self.wait)}."


class FactorRefused(Refused):
    """A Refusal, raised where its count is already committed."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"{refusal.message} {refusal.help}", help=refusal.help)
        self.refusal = refusal


def in_words(wait: timedelta) -> str:
    """``about 20 seconds``, ``about 3 minutes``: never less than the wait."""
    seconds = math.ceil(wait.total_seconds())
    if seconds <= 90:  # noqa: PLR2004 - a minute and a half is where people stop counting seconds
        return f"about {seconds} second{'' if seconds == 1 else 's'}"
    return f"about {math.ceil(seconds / 60)} minutes"
