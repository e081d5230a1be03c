"""Errors that carry facts and tell a person what to do next.

No HTTP here: the web room turns a class into a status code.
"""

from __future__ import annotations


class BrokerError(Exception):
    """Base of every error this product raises on purpose.

    ``str(error)`` is a sentence for a person; ``help`` says what to do next.
    Neither ever holds patient data.
    """

    help: str = "Try again; if it stays, call the on-call contact."

    def __init__(self, message: str, *, help: str | None = None) -> None:  # noqa: A002 - the word users read
        super().__init__(message)
        if help is not None:
            self.help = help


class Refused(BrokerError):
    """A rule said no to this person."""


class NotFound(BrokerError):
    """Absent and forbidden look the same from outside."""


class Conflict(BrokerError):
    """The thing moved on in the meantime; facts of its present state are in the message."""


class Invalid(BrokerError):
    """Input that cannot be accepted; ``faults`` maps a field's name to a sentence."""

    help = "Correct it and try again."

    def __init__(
        self,
        message: str,
        faults: dict[str, str] | None = None,
        *,
        help: str | None = None,  # noqa: A002 - the word users read
    ) -> None:
        super().__init__(message, help=help)
        self.faults = faults or {}


class Unavailable(BrokerError):
    """Something the broker needs (its own store, a key) cannot be used now."""


class IllegalMove(BrokerError):
    """A lifecycle was asked to move along an edge its table does not have."""


class SiteError(BrokerError):
    """A site did not do what it was asked; ``effect_unknown`` when it may have done it all the same."""

    def __init__(self, message: str, *, effect_unknown: bool, help: str | None = None) -> None:  # noqa: A002
        super().__init__(message, help=help)
        self.effect_unknown = effect_unknown


class CompanionMissing(SiteError):
    """The site answers, its companion does not: an alarm, never "already revoked"."""

    def __init__(self, message: str) -> None:
        super().__init__(
            message,
            effect_unknown=False,
            help="Install or switch on the companion on the site, then run: broker doctor",
        )


class ConfigurationError(BrokerError):
    """Settings, policies or keys are wrong; the broker refuses to start."""
