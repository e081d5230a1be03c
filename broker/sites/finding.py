"""One thing that was looked at on a site."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """``words`` say what was found and, when it is bad, what to do."""

    good: bool
    words: str
