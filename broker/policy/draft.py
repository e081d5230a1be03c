"""One entitlement as written, faults and all.

A rule that compares two values must still be heard when a third is wrong, or
somebody mends a file one fault at a time. So rules read a draft, which answers
None for whatever is absent or malformed (the models complain about that).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from broker.policy.durations import parse_duration


@dataclass(frozen=True)
class Draft:
    """``tree`` is whatever stands under the entitlement's id."""

    tree: Any

    def at(self, *keys: str) -> Any:
        here = self.tree
        for key in keys:
            here = here.get(key) if isinstance(here, dict) else None
        return here

    def has(self, *keys: str) -> bool:
        return self.at(*keys) is not None

    def length(self, *keys: str) -> timedelta | None:
        return as_length(self.at(*keys))

    def count(self, *keys: str) -> int | None:
        found = self.at(*keys)
        return found if type(found) is int else None

    def names(self, *keys: str) -> list[tuple[int, str]] | None:
        """The texts of a list with their places in it."""
        found = self.at(*keys)
        if not isinstance(found, list):
            return None
        return [(place, name) for place, name in enumerate(found) if isinstance(name, str)]


def as_length(written: Any) -> timedelta | None:
    try:
        return parse_duration(written)
    except ValueError:
        return None
