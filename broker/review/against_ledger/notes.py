"""Notes: each as it was written, or erased by somebody the ledger names."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, or_, select

from broker.ledger.body import decompose
from broker.ledger.entry import Entry
from broker.ledger.tables import ledger_entries
from broker.notes.note_box import NoteBox
from broker.notes.tables import notes
from broker.review.against_ledger.disagreement import Disagreement
from broker.review.against_ledger.told import BATCH, Batch, batches
from broker.sealing import CannotOpen
from broker.store import Reader

ERASED = "note.erased"
_EVENT = ledger_entries.c.event
_WRITTEN = or_(_EVENT.like("request.%"), _EVENT.like("review.%"))
# What an entry of an earlier version holds instead of the sealed text.
_OLD_DIGESTS = ("note_sha256", "comment_sha256")


def look_at_notes(reader: Reader, box: NoteBox | None = None) -> Iterator[Disagreement]:
    """A note rewritten, made up, moved, lost, or erased by nobody. Without the box no text is opened."""
    for batch in batches(reader, notes):
        if isinstance(batch, Disagreement):
            yield batch
            continue
        told = _told(reader, batch)
        for row in batch:
            words = _wrong_with(row, told[row.request_id], box)
            if words:
                yield Disagreement("notes", row.id, words)
    yield from _gone(reader)


def _told(reader: Reader, batch: Batch) -> Mapping[str, list[Entry]]:
    mine = ledger_entries.c.request_id.in_({row.request_id for row in batch})
    said = select(ledger_entries.c.body, ledger_entries.c.digest).where(mine, _WRITTEN | (_EVENT == ERASED))
    told: dict[str, list[Entry]] = defaultdict(list)
    for row in reader.all(said.order_by(ledger_entries.c.seq)):
        entry = decompose(row.body, row.digest).entry
        told[str(entry.request)].append(entry)
    return told


def _wrong_with(row: Row[Any], told: Sequence[Entry], box: NoteBox | None) -> str:
    """Empty when nothing is."""
    written = next((each for each in told if _is_of(each, row)), None)
    if written is None:
        return "no entry of the ledger wrote it."
    erased = any(each.event == ERASED and each.facts.get("note") == row.id for each in told)
    if row.erased_at is not None or erased:
        return _wrong_with_erasure(row, erased=erased)
    fact = written.facts.get("note")
    if not isinstance(fact, Mapping):
        return _wrong_with_old(row, written, box)
    if (row.sealed, row.plain) != (base64.b64decode(str(fact["sealed"])), None):
        return "its text is not the one the ledger holds."
    return "" if box is None else _wrong_with_text(row, str(fact["digest"]), box)


def _is_of(entry: Entry, row: Row[Any]) -> bool:
    fact = entry.facts.get("note")
    if isinstance(fact, Mapping):
        return (fact["id"], entry.actor) == (row.id, row.author_id)
    names = f"note_of_{entry.request}", f"note_of_{entry.request}_{entry.actor}", f"note_of_{entry.grant}"
    return row.id in names and any(name in entry.facts for name in _OLD_DIGESTS)


def _wrong_with_erasure(row: Row[Any], *, erased: bool) -> str:
    if not erased:
        return "it was erased, and no entry of the ledger says so."
    left = any(each is not None for each in (row.sealed, row.wrapped, row.plain))
    return "the ledger says that it was erased, and something of it is here." if left else ""


def _wrong_with_text(row: Row[Any], digest: str, box: NoteBox) -> str:
    try:
        same = row.wrapped is not None and box.digest(row, row.sealed) == digest
    except CannotOpen:
        same = False
    return "" if same else "its key was lost or exchanged: it does not open to what was written."


def _wrong_with_old(row: Row[Any], written: Entry, box: NoteBox | None) -> str:
    said = next(written.facts[name] for name in _OLD_DIGESTS if name in written.facts)
    if box is None:
        return ""
    text = box.opened(row).text
    return (
        ""
        if text is not None and hashlib.sha256(text.encode()).hexdigest() == said
        else ("its text is not the one the ledger holds a digest of.")
    )


def _gone(reader: Reader) -> Iterator[Disagreement]:
    after = 0
    page = select(ledger_entries.c.seq, ledger_entries.c.body).where(_WRITTEN).order_by(ledger_entries.c.seq)
    while rows := reader.all(page.where(ledger_entries.c.seq > after).limit(BATCH)):
        ids = {written for row in rows if (written := _note_in(row.body))}
        here = {row.id for row in reader.all(select(notes.c.id).where(notes.c.id.in_(ids)))}
        for each in sorted(ids - here):
            yield Disagreement("notes", each, "the row is gone; the ledger says that it was made.")
        after = rows[-1].seq


def _note_in(body: str) -> str | None:
    fact = decompose(body, "").entry.facts.get("note")
    return str(fact["id"]) if isinstance(fact, Mapping) else None
