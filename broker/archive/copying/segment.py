"""A stretch of the ledger as one object that can be checked alone.

JSON Lines: a title with the public key and the point it goes on from, a line per
entry with its body verbatim, and a last line with the SHA-256 of all before it.
The title's subtrees and the entries give a root, which a checkpoint has to say.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from broker.archive.copying.point import Point
from broker.errors import Invalid
from broker.ledger.signing.keys import PublicKey
from broker.ledger.verifying.faults import StoredHead
from broker.ledger.verifying.verify import StoredEntry, verify

FORMAT: Final = "broker-ledger-segment/1"
FOLDER: Final = "segments"
MOST_ENTRIES: Final = 5_000

_NAME = re.compile(r"segments/([0-9]{12})-([0-9]{12})\.jsonl")


@dataclass(frozen=True)
class Segment:
    """``before`` is only what the title claims, until it was held against the segment before or a checkpoint."""

    vkey: str
    before: Point
    entries: tuple[StoredEntry, ...]

    @property
    def last(self) -> int:
        return self.before.size + len(self.entries)


def segment_name(first: int, last: int) -> str:
    """Names sort as their entries do."""
    return f"{FOLDER}/{first:012d}-{last:012d}.jsonl"


def stretch_of(name: str) -> tuple[int, int] | None:
    """The first and the last entry a name promises, None for a name of something else."""
    found = _NAME.fullmatch(name)
    if not found or not 0 < int(found[1]) <= int(found[2]):
        return None
    return int(found[1]), int(found[2])


def write_segment(key: PublicKey, before: Point, entries: Sequence[StoredEntry]) -> bytes:
    """The same bytes for the same entries, whoever writes them and whenever."""
    title = _line({"format": FORMAT, "key": key.vkey, "before": asdict(before)})
    lines = [_line({"body": each.body.decode(errors="replace"), "digest": each.digest}) for each in entries]
    content = "".join([title, *lines]).encode()
    return content + _end(content)


def read_segment(content: bytes) -> Segment:
    """What a segment says. Raises Invalid when it is torn or damaged; its entries are not checked here."""
    told, _, _ = content.removesuffix(b"\n").rpartition(b"\n")
    told += b"\n"
    if not told.strip() or told + _end(told) != content:
        raise Invalid("It is not whole: its last line does not fit what stands above it.")
    try:
        title, *lines = [json.loads(line) for line in told.splitlines()]
        before = Point(**title["before"])
        before = Point(before.size, before.digest, before.at, tuple(before.subtrees))
        before.tree()
        entries = tuple(StoredEntry(None, line["digest"], line["body"].encode()) for line in lines)
        known = title["format"] == FORMAT
        vkey = str(title["key"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Invalid("It is not a segment of a ledger.") from error
    if not known or not entries:
        raise Invalid("It is not a segment of a ledger in a form this version can read.")
    return Segment(vkey, before, entries)


def end_of(before: Point, entries: Sequence[StoredEntry]) -> Point:
    """The point after ``entries``, once each was seen to go on from the one before. Raises Invalid naming the first fault."""
    last = entries[-1]
    said = StoredHead(before.size + len(entries), last.digest, _time_in(last.body))
    report = verify(entries, stored_head=said, start=before.start)
    if report.first:
        raise Invalid(f"The entries do not go on from entry {before.size}. {report.first.words}")
    return before.after([each.digest for each in entries], report.last_at)


def _time_in(body: bytes) -> str:
    try:
        return str(json.loads(body)["at"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""  # the verifier says what is wrong with it


def _end(content: bytes) -> bytes:
    return _line({"sha256": hashlib.sha256(content).hexdigest()}).encode()


def _line(content: dict[str, Any]) -> str:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=True) + "\n"
