"""Who took what of the history away, and the views people keep of it, in words for a reviewer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from broker.review.story.seen import Seen, Words


def _exported(seen: Seen) -> Words:
    count = seen.facts["rows"]
    grants = "1 grant" if count == 1 else f"{count:,} grants"
    return Words(f"{seen.actor} took a file of the history", f"{grants}, as {_format(seen)}. {_asked(seen)}")


def _format(seen: Seen) -> str:
    return str(seen.facts["format"]).upper()


def _kept(seen: Seen) -> Words:
    return Words(f"{seen.actor} saved a view of the history", f"{_asked(seen)}{_shown(seen)}")


def _changed(seen: Seen) -> Words:
    return Words(f"{seen.actor} changed a saved view of the history", f"{_asked(seen)}{_shown(seen)}")


def _removed(seen: Seen) -> Words:
    return Words(f"{seen.actor} removed a saved view of the history", _asked(seen))


def _asked(seen: Seen) -> str:
    query = ", ".join(f"{name} {value}" for name, value in seen.facts["query"].items())
    return f"Asked for: {query}." if query else "Asked for everything."


def _shown(seen: Seen) -> str:
    return " Others who review see it." if seen.facts["shared"] else ""


HISTORY_WORDS: Mapping[str, Callable[[Seen], Words]] = {
    "history.exported": _exported,
    "history.view_kept": _kept,
    "history.view_changed": _changed,
    "history.view_removed": _removed,
}
