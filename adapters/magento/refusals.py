"""What Magento itself answers before a call reaches the module, in words for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from broker.errors import CompanionMissing, SiteError

_DENIED = 401
_NOT_FOUND = 404
_KEYS = "and that its four keys were entered here (broker site secret)."
_ADDRESS = (
    "If the keys are right, the address that PHP sees differs from the one that is called: "
    "set the option signing_base_url."
)
# Magento's own words, of which only the beginning is looked at.
_WORDS = {
    "The signature is invalid": (
        "The shop does not accept the signature of the broker's integration.",
        f"Enter the integration's two secrets again (broker site secret). {_ADDRESS}",
    ),
    "The broker calls by its integration only": (
        "The shop takes the broker's calls from its integration alone.",
        "Enter the four keys of an integration, not those of an admin: broker site secret",
    ),
}
_ANY_OTHER = (
    "The shop does not let the broker's integration in.",
    f"Check in Magento that the integration is active and has the resource Emergency Access Broker, {_KEYS} {_ADDRESS}",
)


def magento_refusal(status: int, answer: Mapping[str, Any] | None) -> SiteError | None:
    """The error for an answer that is Magento's own, None for one of the module's."""
    if answer is None or "code" in answer or not isinstance(answer.get("message"), str):
        return None
    said: str = answer["message"]
    if status == _NOT_FOUND and "does not match any route" in said:
        return CompanionMissing("The shop answers, but its emergency access module does not.")
    if status == _DENIED:
        # A wrong key and a missing permission look the same; nothing was done either way.
        words = next((words for begin, words in _WORDS.items() if said.startswith(begin)), _ANY_OTHER)
        return SiteError(words[0], effect_unknown=False, help=words[1])
    return None
