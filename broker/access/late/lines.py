"""One record a line, each signed and chained to the one before, so that an edited or missing line is noticed."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from broker.access.late.record import Late, as_json, from_json

TORN = b"~\n"
"""What closes a line that a power cut left unfinished: nobody was told that it was kept."""
_FIRST = ""


@dataclass(frozen=True)
class Lines:
    """``refused`` are lines this broker did not write; ``gaps`` how often a line is missing; ``last`` is the last MAC."""

    records: tuple[Late, ...] = ()
    refused: tuple[bytes, ...] = ()
    gaps: int = 0
    last: str = _FIRST


_NOTHING = Lines()


def line_of(late: Late, key: bytes, after: str) -> tuple[bytes, str]:
    """The line that says ``late`` behind the line whose MAC is ``after``, and its own MAC."""
    said = {"after": after, "record": as_json(late)}
    mac = _mac(said, key)
    return _canonical({**said, "mac": mac}) + b"\n", mac


def read_lines(content: bytes, key: bytes, before: Lines = _NOTHING) -> Lines:
    """What the lines say, behind those ``before``. An unfinished last one says nothing."""
    records, refused = list(before.records), list(before.refused)
    gaps, last = before.gaps, before.last
    for line in content.splitlines(keepends=True):
        if line.endswith(TORN) or not line.endswith(b"\n"):
            continue
        read = _read(line, key)
        if read is None:
            refused.append(line)
            continue
        late, after, mac = read
        gaps += after != last
        last = mac
        records.append(late)
    return Lines(_each_once(records), tuple(refused), gaps, last)


def _read(line: bytes, key: bytes) -> tuple[Late, str, str] | None:
    try:
        said = json.loads(line)
        mac = said.pop("mac")
        if not hmac.compare_digest(mac, _mac(said, key)):
            return None
        return from_json(said["record"]), said["after"], mac
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _each_once(records: Sequence[Late]) -> tuple[Late, ...]:
    return tuple({each.id: each for each in records}.values())


def _mac(said: dict[str, Any], key: bytes) -> str:
    return hmac.new(key, _canonical(said), hashlib.sha256).hexdigest()


def _canonical(said: dict[str, Any]) -> bytes:
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
