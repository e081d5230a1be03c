"""Why a code or a passkey was not taken, and what to do about it."""

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
    CHALLENGE = "challenge"  # nothing is wrong: the passkey is asked now
    NO_PASSKEY = "no_passkey"
    PASSKEY_WANTED = "passkey_wanted"
    WRONG_PASSKEY = "wrong_passkey"
    OTHER_ACT = "other_act"
    TOO_LATE = "too_late"
    ANSWERED = "answered"
    NOT_VERIFIED = "not_verified"
    COPIED = "copied"
    NOT_MADE = "not_made"
    MADE_BEFORE = "made_before"


_SENTENCES = {
    Reason.WRONG: "That code is not right.",
    Reason.USED: "Your code was already used.",
    Reason.SPENT: "That recovery code was already used.",
    Reason.LOCKED: "There were too many wrong tries.",
    Reason.NO_FACTOR: "No one-time code is set up for this account.",
    Reason.CHALLENGE: "Your passkey has to confirm this.",
    Reason.NO_PASSKEY: "No passkey can be used for this account here.",
    Reason.PASSKEY_WANTED: "Policy wants a passkey for this; a code is not enough.",
    Reason.WRONG_PASSKEY: "That passkey did not fit.",
    Reason.OTHER_ACT: "The passkey confirmed something else than what is on this page now.",
    Reason.TOO_LATE: "The passkey was asked too long ago.",
    Reason.ANSWERED: "This answer of your passkey was already used.",
    Reason.NOT_VERIFIED: "The passkey did not check that it is you.",
    Reason.COPIED: "This passkey was used somewhere else since: there may be a copy of it.",
    Reason.NOT_MADE: "The passkey could not be set up.",
    Reason.MADE_BEFORE: "This passkey is set up already.",
}
_HELPS = {
    Reason.WRONG: "Type the six digits your app shows now, or use a recovery code.",
    Reason.USED: "Type the code your app shows now.",
    Reason.SPENT: "Use another one from your list.",
    Reason.LOCKED: "Try again now.",
    Reason.NO_FACTOR: "Set one up first.",
    Reason.CHALLENGE: "Confirm with your passkey, or type a code.",
    Reason.NO_PASSKEY: "Type a code instead.",
    Reason.PASSKEY_WANTED: "Leave the code empty and confirm with your passkey.",
    Reason.WRONG_PASSKEY: "Try again, or type a code.",
    Reason.OTHER_ACT: "Confirm again, or type a code.",
    Reason.TOO_LATE: "Confirm again, or type a code.",
    Reason.ANSWERED: "Confirm again, or type a code.",
    Reason.NOT_VERIFIED: "Unlock it with its PIN, your finger or your face, or type a code.",
    Reason.COPIED: "Type a code, remove this passkey under Your account, and call security.",
    Reason.NOT_MADE: "Try again, or use an authenticator app.",
    Reason.MADE_BEFORE: "Use it as it is, or set up another device.",
}


@dataclass(frozen=True)
class Refusal:
    """``wait`` is how long until a try can succeed: zero when at once.

    ``options`` is what a browser asks the passkey with, as JSON, for CHALLENGE and nothing else.
    """

    reason: Reason
    wait: timedelta = timedelta(0)
    options: str = ""

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
