"""Puts aside what cannot be written down now, in a file, and answers what has ended by it.

Nothing here raises for a disk that will not take it: the record is then held in
memory, so that this process at least lets nobody in, and tried again.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from broker.access.late.lines import Lines, line_of, read_lines
from broker.access.late.record import Late, LateKind
from broker.access.late.spool import Compose
from broker.access.late.spool_file import ROOM, SpoolFile
from broker.store.ended_elsewhere import Ended, EndedElsewhere

FILE, REFUSED = "ends.jsonl", "refused.jsonl"
USE = "late records"
"""What the key is derived for."""

log = structlog.get_logger("broker.late")


@dataclass(frozen=True)
class _Seen:
    """``lines`` are those of the file and those held in memory."""

    content: bytes
    written: Lines
    lines: Lines
    ended: EndedElsewhere


class FolderSpool:
    """In a folder that all processes of this broker share; ``key`` is 32 bytes."""

    def __init__(self, folder: Path, key: bytes, room: int = ROOM) -> None:
        self._folder, self._key, self._room = folder, key, room
        self._held: tuple[Late, ...] = ()
        self._holding = threading.Lock()
        self._seen = _Seen(b"", Lines(), Lines(), {})
        self._file: SpoolFile | None = None
        self.ready()

    def ready(self) -> bool:
        """Whether records can be put aside, on a full disk too."""
        try:
            self._file = self._file or SpoolFile(self._folder / FILE, self._room)
            return self._file.make_room()
        except OSError:
            log.exception("spool_unusable")
            return False

    def ended(self) -> EndedElsewhere:
        return self._look().ended

    def waiting(self) -> Lines:
        return self._look().lines

    def refused(self) -> bool:
        """Whether lines were found that this broker did not write, and nobody has looked at them."""
        return (self._folder / REFUSED).exists()

    def keep(self, compose: Compose) -> bool:
        with self._holding:
            try:
                file = self._open()
                with file.locked():
                    self._put(file, compose)
            except OSError:
                log.exception("spool_unwritable")
                self._hold(compose)
                return False
            self._held = ()
            self._look()
            return True

    def forget(self, seen: Lines) -> None:
        done = {each.id for each in seen.records}
        with self._holding:
            self._held = tuple(each for each in self._held if each.id not in done)
            try:
                file = self._open()
                with file.locked():
                    self._clear(file, done)
            except OSError:  # what is written down already is known by its id
                log.exception("spool_not_emptied")
            self._seen = self._understood(self._seen.content)

    def _clear(self, file: SpoolFile, done: Collection[str]) -> None:
        content = file.content()
        lines = self._read(content)
        if content and {each.id for each in lines.records} <= set(done):
            self._set_aside(lines.refused)
            file.empty()

    def _open(self) -> SpoolFile:
        if self._file is None:
            self._file = SpoolFile(self._folder / FILE, self._room)
        return self._file

    def _put(self, file: SpoolFile, compose: Compose) -> None:
        content = file.content()
        lines = self._read(content)
        waiting = (*lines.records, *self._held)
        written, after = b"", lines.last
        for each in (*self._held, *compose(waiting)):
            line, after = line_of(each, self._key, after)
            written += line
        if written:
            file.append(content, written)

    def _hold(self, compose: Compose) -> None:
        waiting = (*self._seen.lines.records, *self._held)
        self._held = (*self._held, *compose(waiting))
        self._seen = self._understood(self._seen.content)

    def _look(self) -> _Seen:
        seen, file = self._seen, self._file
        try:
            if file is None or file.unchanged_since(seen.content):
                return seen
            seen = self._understood(file.content())
        except OSError:
            log.exception("spool_unreadable")
            return seen
        self._seen = seen
        return seen

    def _read(self, content: bytes) -> Lines:
        """Only what is new is read and proved."""
        seen = self._seen
        if content.startswith(seen.content) and seen.content.endswith(b"\n"):
            return read_lines(content[len(seen.content) :], self._key, seen.written)
        return read_lines(content, self._key)

    def _understood(self, content: bytes) -> _Seen:
        lines = self._read(content)
        both = Lines((*lines.records, *self._held), lines.refused, lines.gaps, lines.last)
        return _Seen(content, lines, both, _ended_by(both.records))

    def _set_aside(self, refused: Sequence[bytes]) -> None:
        if refused:
            with (self._folder / REFUSED).open("ab") as file:
                file.write(b"".join(refused))
                file.flush()
                os.fsync(file.fileno())


def _ended_by(records: Sequence[Late]) -> EndedElsewhere:
    ended: dict[str, Ended] = {}
    for each in records:
        if each.kind is LateKind.ENDED:
            ended.setdefault(each.about, Ended(each.at, str(each.facts["cause"])))
        elif each.kind is LateKind.TOLD and each.facts["read_back"] and each.about in ended:
            before = ended[each.about]
            ended[each.about] = Ended(before.at, before.cause, read_back=True)
    return ended
