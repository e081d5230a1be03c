"""What policy says about how long things are kept, and what is told of them, as values nothing can change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class KeepingRules:
    """``notes``: how long free text can be read, None for as long as nobody erases it.

    ``accounting``: how far back a patient is told who had access. ``name_staff``: whether
    an answer to a patient's own question names people, or only says what they are here.
    """

    notes: timedelta | None = None
    accounting: timedelta = timedelta(days=2192)
    name_staff: bool = False


USUAL_KEEPING = KeepingRules()
