"""Why nobody comes in by the provider, and what to do about it."""

from __future__ import annotations

from enum import StrEnum

from broker.errors import Refused, Unavailable


class Why(StrEnum):
    """Written into the ledger where it concerns somebody the provider vouched for."""

    STALE = "stale"
    DECLINED = "declined"
    FORGED = "forged"
    WEAK = "weak"
    UNKNOWN = "unknown"
    UNPROVED_EMAIL = "unproved_email"
    TAKEN = "taken"
    NO_ROLE = "no_role"
    TOO_MANY_GROUPS = "too_many_groups"
    DISABLED = "disabled"
    SIGNED_OUT = "signed_out"


_ASK = "Ask an administrator of the broker to let you in."
_AGAIN = "Try again."
_WORDS: dict[Why, tuple[str, str]] = {
    Why.STALE: ("This sign-in was begun too long ago, or in another window.", _AGAIN),
    Why.DECLINED: ("Your organisation did not sign you in.", "Try again, or ask its service desk."),
    Why.FORGED: (
        "What came back from your organisation's sign-in does not hold.",
        "Try again; if it stays, tell an administrator: the provider or its registration may have changed.",
    ),
    Why.WEAK: (
        "Your organisation signed you in, but not as strongly as is needed here.",
        "Try again and use the second factor of your organisation, such as its app or your card.",
    ),
    Why.UNKNOWN: ("Your organisation knows you, but nobody has an account here that is yours.", _ASK),
    Why.UNPROVED_EMAIL: (
        "Your organisation does not say that your email address was checked.",
        _ASK,
    ),
    Why.TAKEN: ("The account with your email address belongs to another sign-in already.", _ASK),
    Why.NO_ROLE: (
        "None of your groups has a role here.",
        "Ask your organisation to put you into the right group.",
    ),
    Why.TOO_MANY_GROUPS: (
        "You are in more groups than your organisation's sign-in can tell.",
        "Ask its service desk to send only the groups that matter here.",
    ),
    Why.DISABLED: ("Your account here is switched off.", _ASK),
    Why.SIGNED_OUT: ("Your organisation has signed you out in the meantime.", _AGAIN),
}


class SignOnRefused(Refused):
    """``why`` decides the words; ``detail`` is for the log alone and holds nothing somebody typed.

    ``subject`` is the provider's id of whoever is refused, where an administrator needs it to let them in.
    """

    def __init__(self, why: Why, detail: str = "", *, subject: str = "") -> None:
        sentence, help_ = _WORDS[why]
        super().__init__(sentence, help=help_)
        self.why = why
        self.detail = detail
        self.subject = subject


class ProviderSilent(Unavailable):
    """The provider does not answer, or answers with something else than it should."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(
            "Your organisation's sign-in cannot be reached now.",
            help="Try again, or sign in with an account of the broker's own.",
        )
        self.detail = detail
