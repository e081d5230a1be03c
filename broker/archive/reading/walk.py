"""Reads an archive from its beginning, and says of each object whether it is what its name promises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from broker.archive.copying.point import NOWHERE, Point
from broker.archive.copying.segment import FOLDER, Segment, end_of, read_segment, stretch_of
from broker.archive.places.place import CHECKPOINTS, STAMPS, Kept, Place, checkpoint_name
from broker.errors import BrokerError, Invalid
from broker.ledger.checkpoints.notes import parse_note
from broker.ledger.signing.keys import PublicKey
from broker.ledger.verifying.faults import Report
from broker.ledger.verifying.verify import StoredEntry

CheckStamp = Callable[[bytes, bytes], datetime]
"""Of a time-stamp and what was stamped: when. Raises Invalid."""

_MOST_FAULTS = 100


@dataclass
class Rebuilt:
    """``faults`` are of the archive; ``report`` is of the ledger in it, None when nothing could be rebuilt.

    ``unlocked`` counts objects whose lock was over at ``at`` or never was, ``stamps`` the time-stamps that fit.
    """

    point: Point = NOWHERE
    report: Report | None = None
    segments: int = 0
    checkpoints: int = 0
    stamps: int = 0
    last_stamp: datetime | None = None
    unlocked: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return bool(self.report and self.report.ok and self.report.checkpoints and not self.faults)

    def add(self, words: str) -> None:
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(words)


@dataclass
class Walk:
    """One pass over the objects; what it finds is noted in ``found``."""

    place: Place
    key: PublicKey
    found: Rebuilt
    at: datetime

    def entries(self) -> Iterator[StoredEntry]:
        for name in self.place.names(FOLDER):
            stretch = stretch_of(name)
            fitting = self._fitting(name, stretch) if stretch else None
            if fitting is None:
                self.found.add(f"{name} is damaged, or is nothing this ledger's key is named in.")
                continue
            self.found.segments += 1
            segment, end = fitting
            self._check_place(name, segment)
            self.found.point = end
            yield from segment.entries

    def notes(self) -> Iterator[str]:
        for name in self.place.names(CHECKPOINTS):
            kept = self._kept(name)
            note = next((text for each in kept if (text := self._note(each))), None)
            if note is None:
                self.found.add(f"{name} says nothing that the ledger's key signed.")
                continue
            self.found.checkpoints += 1
            yield note

    def check_stamps(self, check: CheckStamp) -> None:
        for name in self.place.names(STAMPS):
            size = int(Path(name).stem) if Path(name).stem.isdecimal() else 0
            stamped = [each.content for each in self.place.kept(checkpoint_name(size))]
            times = [when for each in self._kept(name) for of in stamped if (when := _time(check, each, of))]
            if not times:
                self.found.add(f"{name} is no time-stamp of its checkpoint by the authority you trust.")
                continue
            self.found.stamps += 1
            self.found.last_stamp = max(filter(None, [self.found.last_stamp, *times]))

    def _fitting(self, name: str, stretch: tuple[int, int]) -> tuple[Segment, Point] | None:
        for each in self._kept(name):
            try:
                segment = read_segment(each.content)
                end = end_of(segment.before, segment.entries)
            except Invalid:
                continue
            if (segment.before.size + 1, segment.last) == stretch and segment.vkey == self.key.vkey:
                return segment, end
        return None

    def _check_place(self, name: str, segment: Segment) -> None:
        point = self.found.point
        if segment.before.size != point.size:
            self.found.add(f"{name} does not go on from entry {point.size}: something is missing or doubled.")
        elif segment.before != point:
            self.found.add(f"{name} goes on from another ledger than what stands before it.")

    def _kept(self, name: str) -> list[Kept]:
        kept = self.place.kept(name)
        if len({each.content for each in kept}) > 1:
            self.found.add(f"Something else was laid over {name}; the versions below it were looked at.")
        first = kept[0] if kept else None
        over = first and first.locked_until and first.locked_until <= self.at
        self.found.unlocked += bool(first is None or not first.locked or over)
        return kept

    def _note(self, kept: Kept) -> str:
        try:
            note = kept.content.decode()
            parse_note(note, self.key)
        except (Invalid, UnicodeDecodeError):
            return ""
        return note


def _time(check: CheckStamp, stamp: Kept, content: bytes) -> datetime | None:
    try:
        return check(stamp.content, content)
    except BrokerError:
        return None
