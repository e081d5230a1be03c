"""What the broker signed before it signed checkpoints: how many entries there are, and the last one's digest.

They are still read and held against the ledger; none is made any more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from broker.errors import Invalid
from broker.ledger.body import parse_instant
from broker.ledger.signing.keys import PublicKey, decoded
from broker.ledger.signing.note import open_note

# Sets a chain head apart from a checkpoint, which the same key signs under the ledger's bare name.
_ORIGIN_SUFFIX = "/chain"
_SIZE = re.compile(r"0|[1-9][0-9]{0,17}")
_LINES = 4
_DIGEST_LENGTH = 32


@dataclass(frozen=True)
class Head:
    """The chain's first ``size`` entries end in ``digest`` (64 hex characters); signed at ``at``."""

    size: int
    digest: str
    at: datetime


def parse_head(note: str, key: PublicKey) -> Head:
    """The head a note says. Raises Invalid unless ``key`` signed exactly this."""
    lines = open_note(note, key).removesuffix("\n").split("\n")
    if len(lines) != _LINES or lines[0] != key.name + _ORIGIN_SUFFIX or not _SIZE.fullmatch(lines[1]):
        raise Invalid("It is signed, but it is not a head of this ledger's chain.")
    try:
        root = decoded(lines[2])
        at = parse_instant(lines[3].removeprefix("at "))
    except ValueError as error:
        raise Invalid("It is signed, but its digest or its time is malformed.") from error
    if len(root) != _DIGEST_LENGTH:
        raise Invalid("It is signed, but its digest has the wrong length.")
    return Head(int(lines[1]), root.hex(), at)
