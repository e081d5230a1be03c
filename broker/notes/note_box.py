"""Where free text goes and comes from: sealed on the way in, opened on the way out, erased by losing its key."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Row, select, update

from broker.clock import new_id
from broker.errors import ConfigurationError
from broker.notes.note import About, Note, NoteKind
from broker.notes.seal import digest_of, seal, unseal
from broker.notes.tables import notes
from broker.sealing import KEY_BYTES, CannotOpen, Seal
from broker.store import Reader, Transaction

Fact = dict[str, str]


class NoteBox:
    """All notes of one broker, their keys closed with one derived from ``key`` (32 bytes)."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ConfigurationError(
                f"The key of the notes has {len(key)} bytes; it needs {KEY_BYTES}.",
                help="Restore the key file from the backup.",
            )
        self._keys = Seal(key, "note keys")

    def write(self, tx: Transaction, text: str, about: About) -> Fact | None:
        """Keep ``text``; what comes back belongs into the entry's facts as ``note``. Nothing for an empty text."""
        if not text:
            return None
        note_id = new_id("note")
        kept = seal(text, bound_to(note_id, about))
        tx.execute(
            notes.insert().values(
                id=note_id,
                **columns_of(about),
                written_at=tx.at,
                sealed=kept.sealed,
                wrapped=self._keys.close(kept.key, note_id),
            )
        )
        return {"id": note_id, "digest": kept.digest, "sealed": base64.b64encode(kept.sealed).decode()}

    def take_over(self, tx: Transaction, row: Row[Any]) -> None:
        """Seal the plain text of a row of an earlier version where it lies."""
        kept = seal(row.plain, bound_to(row.id, about_of(row)))
        values = {"sealed": kept.sealed, "wrapped": self._keys.close(kept.key, row.id), "plain": None}
        tx.execute(update(notes).where(notes.c.id == row.id).values(**values))

    def erase(self, tx: Transaction, note_id: str) -> bool:
        """Destroy the key, for ever. False when it was gone already; the entry is the caller's to write."""
        still = (notes.c.id == note_id) & notes.c.erased_at.is_(None)
        gone = {"sealed": None, "wrapped": None, "plain": None, "erased_at": tx.at}
        return tx.execute(update(notes).where(still).values(**gone)).rowcount == 1

    def note_of(self, reader: Reader, request_id: str) -> Note | None:
        """What the holder wrote when asking, None when nothing."""
        return self.notes_of(reader, [request_id]).get(request_id)

    def notes_of(self, reader: Reader, request_ids: Collection[str]) -> dict[str, Note]:
        """What holders wrote, by request."""
        asked = notes.c.request_id.in_(request_ids) & (notes.c.kind == NoteKind.REQUEST)
        return {note.about.request_id: note for note in self._found(reader, asked)}

    def comments_on(self, reader: Reader, request_id: str) -> dict[str, Note]:
        """What approvers wrote, by approver."""
        said = (notes.c.request_id == request_id) & (notes.c.kind == NoteKind.COMMENT)
        return {note.about.author_id: note for note in self._found(reader, said)}

    def on_grant(self, reader: Reader, grant_id: str, kind: NoteKind = NoteKind.REVIEW) -> list[Note]:
        """What was written of this kind about a grant, oldest first."""
        return list(self._found(reader, (notes.c.grant_id == grant_id) & (notes.c.kind == kind)))

    def on_request(self, reader: Reader, request_id: str) -> list[Note]:
        """Every note of a request and of its grant, oldest first."""
        return list(self._found(reader, notes.c.request_id == request_id))

    def by_id(self, reader: Reader, note_ids: Collection[str]) -> dict[str, Note]:
        return {note.id: note for note in self._found(reader, notes.c.id.in_(note_ids))}

    def opened(self, row: Row[Any]) -> Note:
        """The note of a row of the table; one that was altered has no text, and stops nobody."""
        text = None if row.erased_at else self._text(row)
        return Note(row.id, about_of(row), row.written_at, text, row.erased_at)

    def digest(self, row: Row[Any], sealed: bytes) -> str:
        """What ``sealed`` commits to under this row's key. Raises CannotOpen."""
        about = bound_to(row.id, about_of(row))
        key = self._keys.open(row.wrapped, row.id)
        return digest_of(key, unseal(key, sealed, about), about)

    def _found(self, reader: Reader, which: ColumnElement[bool]) -> Iterable[Note]:
        rows = reader.all(select(notes).where(which).order_by(notes.c.written_at, notes.c.id))
        return (self.opened(row) for row in rows)

    def _text(self, row: Row[Any]) -> str | None:
        if row.plain is not None:
            return str(row.plain)
        if row.wrapped is None or row.sealed is None:
            return None
        try:
            return unseal(self._keys.open(row.wrapped, row.id), row.sealed, bound_to(row.id, about_of(row)))
        except CannotOpen:
            return None


def about_of(row: Row[Any]) -> About:
    return About(NoteKind(row.kind), row.request_id, row.author_id, row.grant_id)


def columns_of(about: About) -> dict[str, str | None]:
    return {
        "kind": about.kind.value,
        "request_id": about.request_id,
        "grant_id": about.grant_id,
        "author_id": about.author_id,
    }


def bound_to(note_id: str, about: About) -> str:
    """What a note's bytes are bound to, so that no row can show the text of another."""
    return "\0".join([note_id, about.kind, about.request_id, about.grant_id or "", about.author_id])
