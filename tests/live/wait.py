"""Waiting for an instant that a site goes by."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def until_instant(instant: datetime) -> None:
    """Until the machine's clock shows ``instant``."""
    time.sleep(max(0.0, (instant - datetime.now(UTC)).total_seconds()))
