"""What happened while nothing could be written down, and is told late, in words for a reviewer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from broker.review.story.seen import Seen, Words


def late_sentence(facts: Mapping[str, Any]) -> str:
    """Empty for a step that was written down when it happened, by a broker that had seen all before it."""
    if facts.get("because") == "restored":
        return "The broker was restored from a backup, and could not know whether it had ended before."
    if not facts.get("late"):
        return ""
    return f"It happened at {_time(facts['happened_at'])} UTC, when nothing could be written; this was written down later."


def _ended(seen: Seen) -> Words:
    text = f"{late_sentence(seen.facts)} By then it had ended by another hand."
    return Words("It had been ended before", text)


def _told(seen: Seen) -> Words:
    site = seen.name(seen.facts["site"])
    if seen.facts["read_back"]:
        return Words(f"The site {site} was seen without it", late_sentence(seen.facts))
    text = f"{late_sentence(seen.facts)} It did not confirm then."
    return Words(f"The site {site} was told to end it", text)


def _refused(_seen: Seen) -> Words:
    return Words(
        "A line among the late records was not the broker's", "It was set aside and changed nothing.", "stop"
    )


def _missing(_seen: Seen) -> Words:
    return Words("Lines among the late records were missing", "What they said is not known.", "stop")


def _time(text: object) -> str:
    return str(text)[:19].replace("T", " ")


LATE_WORDS: Mapping[str, Callable[[Seen], Words]] = {
    "grant.ended_late": _ended,
    "grant.told_late": _told,
    "late.line_refused": _refused,
    "late.lines_missing": _missing,
}
