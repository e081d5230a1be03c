"""What the broker knows of each witness, in a small file beside the checkpoints.

It steers and informs and proves nothing: the proofs are the signatures in the
checkpoints file. Lost, it is made again by asking.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from broker.ledger.body import instant, parse_instant
from broker.witness.asking.objection import Contradiction
from broker.witness.files import replace_file

FILE = "witnesses.json"


@dataclass(frozen=True)
class Standing:
    """The last ``size`` a witness vouched for and when (its clock); what was wrong when it was ``asked_at`` (ours) last.

    ``line`` is its signature of those entries.
    """

    size: int = 0
    vouched_at: datetime | None = None
    asked_at: datetime | None = None
    fault: str = ""
    contradiction: Contradiction | None = None
    line: str = ""

    @property
    def well(self) -> bool:
        return self.vouched_at is not None and not self.fault and self.contradiction is None


def read_standings(folder: Path) -> dict[str, Standing]:
    """By public key. What cannot be read is as if it was never asked."""
    try:
        said = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return {vkey: _standing(each) for vkey, each in said.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def write_standings(folder: Path, standings: Mapping[str, Standing]) -> None:
    """Replace the file."""
    said = {vkey: _said(each) for vkey, each in standings.items()}
    replace_file(folder / FILE, json.dumps(said, indent=1) + "\n")


def forget_standings(folder: Path) -> None:
    """Ask everybody anew, as of a ledger nobody was asked about."""
    (folder / FILE).unlink(missing_ok=True)


def _said(standing: Standing) -> dict[str, Any]:
    return {
        **asdict(standing),
        "vouched_at": instant(standing.vouched_at) if standing.vouched_at else None,
        "asked_at": instant(standing.asked_at) if standing.asked_at else None,
    }


def _standing(said: dict[str, Any]) -> Standing:
    found = said["contradiction"]
    return Standing(
        int(said["size"]),
        parse_instant(said["vouched_at"]) if said["vouched_at"] else None,
        parse_instant(said["asked_at"]) if said["asked_at"] else None,
        str(said["fault"]),
        Contradiction(**found) if found else None,
        str(said["line"]),
    )
