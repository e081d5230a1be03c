"""What a site's refusal of a whole call means, in words for a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from broker.errors import CompanionMissing, SiteError

_NOT_FOUND = 404
_ERRORS = 500
_PAIR_AGAIN = (
    "Print the pairing again (broker site pairing) and replace the line in the site's own configuration file."
)
# The companion said so before it did anything.
_BEFORE_ANY_EFFECT = {
    "not_paired": ("The site's companion is not paired with a broker.", _PAIR_AGAIN),
    "unknown_key": ("The site's companion does not know this broker's key.", _PAIR_AGAIN),
    "wrong_issuer": ("The site is paired with another broker.", _PAIR_AGAIN),
    "wrong_audience": ("The site is paired under another name.", _PAIR_AGAIN),
    "bad_signature": ("The site's companion does not accept this broker's signature.", _PAIR_AGAIN),
    "malformed": (
        "The signed header did not reach the site's companion whole.",
        "Let the header X-Emergency-Access-Call pass through proxies and firewalls unchanged.",
    ),
    "wrong_body": (
        "Something between the broker and the site changed the call.",
        "Let requests to the companion pass through proxies and firewalls unchanged.",
    ),
    "wrong_route": ("The call reached another route than it was signed for.", "Check the site's address."),
    "replayed": ("The site's companion had seen this call before.", "Try again."),
    "too_large": ("The call is larger than the site takes.", "Send fewer documents at once."),
    "bad_body": ("The site's companion cannot read the call.", "Update the companion on the site."),
}


def refusal(status: int, answer: Mapping[str, Any] | None, now: datetime) -> SiteError:
    """The error for an answer other than 200; ``answer`` is its JSON object, None when it was none."""
    code = answer.get("code") if answer else None
    if status == _NOT_FOUND and code == "rest_no_route":
        return CompanionMissing("The site answers, but its emergency access companion does not.")
    if status < _ERRORS and answer and code == "clock_skew":
        return _clock_skew(answer, now)
    if isinstance(code, str) and code in _BEFORE_ANY_EFFECT:
        message, next_step = _BEFORE_ANY_EFFECT[code]
        return SiteError(message, effect_unknown=False, help=next_step)
    return SiteError(
        f"The site answered the call with HTTP status {status}.",
        effect_unknown=True,
        help="Look at the site's error log; the broker goes on trying.",
    )


def _clock_skew(answer: Mapping[str, Any], now: datetime) -> SiteError:
    details = answer.get("data")
    theirs = details.get("site_time") if isinstance(details, Mapping) else None
    off = f" by {abs(theirs - int(now.timestamp()))} seconds" if type(theirs) is int else ""
    return SiteError(
        f"The site's clock and the broker's differ{off}.",
        effect_unknown=False,
        help="Set both clocks by a time server (NTP); no new access is given while they differ by a minute.",
    )
