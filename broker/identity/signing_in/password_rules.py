"""Which passwords are too easily guessed: length first, then what is guessed early, whatever characters it has."""

from __future__ import annotations

from collections.abc import Iterable

from zxcvbn import zxcvbn

from broker.errors import Invalid
from broker.identity.people import Person

SHORTEST = 12
LONGEST = 256

# Of zxcvbn's five: "safely unguessable", about ten thousand million guesses, where tries are slowed down as here.
STRONG_ENOUGH = 3
# What it looks at; more only makes a password harder to guess, and the look longer.
_JUDGED = 72
# Words that everybody who uses this would think of.
WORDS_OF_THE_PLACE = (
    "emergency", "access", "broker", "breakglass", "break", "glass", "clinic", "clinician", "hospital", "approver",
    "reviewer", "admin", "nurse", "doctor", "patient", "telehealth", "wordpress", "woocommerce", "magento",
)  # fmt: skip


def words_about(person: Person) -> tuple[str, ...]:
    """What an attacker knows of a person anyway: the parts of their name and of their address."""
    local, _, domain = person.email.partition("@")
    return (*person.name.split(), local, *domain.split("."))


def check_choice(password: str, about: Iterable[str] = ()) -> None:
    """Invalid, with the rule, for a password of another length or one that is guessed early."""
    if not SHORTEST <= len(password) <= LONGEST:
        size = "short" if len(password) < SHORTEST else "long"
        _refuse(f"This password is too {size}. Use {SHORTEST} to {LONGEST} characters; a few words are fine.")
    judged = zxcvbn(password[:_JUDGED], user_inputs=[*WORDS_OF_THE_PLACE, *about])
    if judged["score"] < STRONG_ENOUGH:
        _refuse(
            "This password would be guessed too soon. Use a few words that have nothing to do with each other."
        )


def _refuse(sentence: str) -> None:
    raise Invalid(sentence, {"password": sentence})
