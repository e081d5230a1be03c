"""What a person let software have, and codes that came to nothing, in words for a reviewer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from broker.review.story.seen import Seen, Words

_WHY = {
    "foreign": "It was handed out for other software.",
    "used": "It had been used already.",
    "expired": "Its minute was over.",
    "wrong_address": "It was shown with another address than it was asked for with.",
    "wrong_verifier": "Whoever showed it could not prove to have asked for it.",
    "wrong_key": "It was shown without the key it was asked for with.",
    "signed_out": "The person had signed out.",
    "ended": "The access had ended.",
}
# Nobody has to have stolen anything for these.
_HARMLESS = frozenset({"expired", "signed_out", "ended"})


def _allowed(seen: Seen) -> Words:
    return Words(
        f"{seen.actor} let {seen.facts['software']} use it", "It was sent back with a code for a token."
    )


def _refused(seen: Seen) -> Words:
    why = seen.facts["reason"]
    kind = "done" if why in _HARMLESS else "stop"
    return Words(f"A code was refused to {seen.facts['software']}", _WHY.get(why, f"Because: {why}."), kind)


CODE_WORDS: Mapping[str, Callable[[Seen], Words]] = {"code.allowed": _allowed, "code.refused": _refused}
