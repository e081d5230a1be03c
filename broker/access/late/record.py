"""What happened while nothing could be written: an end, what a site said to it, an order to shut accounts out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from broker.clock import new_id
from broker.ledger.body import instant, parse_instant


class LateKind(StrEnum):
    """``ENDED``: from then on the broker lets nobody in with it. ``TOLD``: a site was sent the end. ``CONTAINED``: an order."""

    ENDED = "ended"
    TOLD = "told"
    CONTAINED = "contained"


@dataclass(frozen=True)
class Late:
    """``about`` is the id of a grant, or of an order; ``facts`` are plain JSON and never hold patient data.

    ``at`` is when it happened, ``kept_at`` when it was put aside: an end by time happened before.
    """

    id: str
    kind: LateKind
    about: str
    actor: str
    at: datetime
    kept_at: datetime
    facts: Mapping[str, Any]

    @property
    def marks(self) -> dict[str, object]:
        """What sets its entry in the ledger apart from one that was written when it happened."""
        return {"late": True, "happened_at": instant(self.at), "spooled_at": instant(self.kept_at)}


def ended(grant_id: str, cause: str, *, actor: str, at: datetime, now: datetime) -> Late:
    return Late(new_id("late"), LateKind.ENDED, grant_id, actor, at, now, {"cause": cause})


def told(grant_id: str, site_id: str, *, read_back: bool, at: datetime) -> Late:
    facts = {"site": site_id, "read_back": read_back}
    return Late(new_id("late"), LateKind.TOLD, grant_id, "broker", at, at, facts)


def as_json(late: Late) -> dict[str, Any]:
    return {**vars(late), "at": instant(late.at), "kept_at": instant(late.kept_at), "facts": dict(late.facts)}


def from_json(said: Mapping[str, Any]) -> Late:
    """The inverse of ``as_json``. Raises ValueError, KeyError or TypeError for anything else."""
    times = {name: parse_instant(said[name]) for name in ("at", "kept_at")}
    return Late(**{**said, **times, "kind": LateKind(said["kind"])})
