"""One step of a timeline, as templates/partials/lists.html shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Step:
    """``kind``: done, now, warn (break-glass), stop, or next (has not happened; ``at`` may be None)."""

    at: datetime | None
    title: str
    text: str = ""
    kind: str = "done"
