"""What Magento itself answers before a call reaches the module, in words for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from broker.errors import CompanionMissing, SiteError

_DENIED = 401
_NOT_FOUND = 404


def magento_refusal(status: int, answer: Mapping[str, Any] | None) -> SiteError | None:
    """The error for an answer that is Magento's own, None for one of the module's."""
    if answer is None or "code" in answer or not isinstance(answer.get("message"), str):
        return None
    if status == _NOT_FOUND and "does not match any route" in answer["message"]:
        return CompanionMissing("The shop answers, but its emergency access module does not.")
    if status == _DENIED:
        return _denied()
    return None


def _denied() -> SiteError:
    # One answer for a wrong key, a wrong signature and a missing permission; nothing was done either way.
    return SiteError(
        "The shop does not let the broker's integration in.",
        effect_unknown=False,
        help="In Magento, check that the integration is active and has the resource Emergency Access Broker, and "
        "that its four keys were entered here (broker site secret). If they are right, the address that PHP sees "
        "differs from the one that is called: set the option signing_base_url.",
    )
