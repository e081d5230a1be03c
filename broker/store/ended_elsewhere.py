"""What has ended although no row says so yet, because nothing could be written when it did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Ended:
    """``cause`` is a code; ``read_back`` whether the site was seen without it."""

    at: datetime
    cause: str
    read_back: bool = False


EndedElsewhere = Mapping[str, Ended]
"""By id. Asked at every look at the database, so it has to be cheap."""


def nothing() -> EndedElsewhere:
    return _NOTHING


_NOTHING: EndedElsewhere = {}
AskEnded = Callable[[], EndedElsewhere]
