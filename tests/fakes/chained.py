"""Events written down as a companion does it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from broker.adapters.companion.chain import NOTHING, link
from broker.adapters.port import SiteEvent

__all__ = ["NOTHING", "chained"]


def chained(
    earlier: Sequence[SiteEvent], kind: str, account: str, grant: str, at: datetime, facts: Mapping[str, str]
) -> SiteEvent:
    """The next event of a chain."""
    before, seq = (earlier[-1].hash, earlier[-1].seq + 1) if earlier else (NOTHING, 1)
    said = {"account": account, "at": int(at.timestamp()), "facts": facts, "grant": grant}
    body = json.dumps(said | {"kind": kind, "seq": seq}, separators=(",", ":"), sort_keys=True)
    return SiteEvent(seq, body, link(before, body))
