"""Puts files into a bundle one after another, remembering the SHA-256 of each."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from broker.review.history.exporting.csv_file import harmless

_OWNER_READS = 0o400 << 16


@dataclass
class Bound:
    """``rows`` only of files of rows; the line of heads is not counted."""

    sha256: str
    size: int
    rows: int | None = None


@dataclass
class Binder:
    """``at`` is what the files are dated."""

    archive: ZipFile
    at: datetime
    files: dict[str, Bound] = field(default_factory=dict)

    def text(self, name: str, content: str) -> None:
        with self._writing(name) as write:
            write(content)

    def values(self, name: str, content: Any) -> str:
        """As JSON; answers the text."""
        text = json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        self.text(name, text)
        return text

    def rows(self, name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
        """As CSV that no spreadsheet computes; answers how many rows there were."""
        count = 0
        with self._writing(name) as write:
            write(_line(heads))
            for row in rows:
                write(_line([harmless(str(cell)) for cell in row]))
                count += 1
        self.files[name].rows = count
        return count

    @contextmanager
    def _writing(self, name: str) -> Iterator[Any]:
        info = ZipInfo(name, self.at.astimezone(UTC).timetuple()[:6])
        info.compress_type, info.external_attr = ZIP_DEFLATED, _OWNER_READS
        digest, size = hashlib.sha256(), 0

        def write(text: str) -> None:
            nonlocal size
            content = text.encode()
            digest.update(content)
            size += len(content)
            file.write(content)

        with self.archive.open(info, "w") as opened:
            file: IO[bytes] = opened
            yield write
        self.files[name] = Bound(digest.hexdigest(), size)


def _line(cells: Sequence[object]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()
