"""A piece of free text: what somebody wrote of one request, and whether it can still be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

_SPOILED = "This note cannot be opened: its row was altered. Check the ledger."


class NoteKind(StrEnum):
    REQUEST = "request"  # the holder's, when asking
    COMMENT = "comment"  # an approver's
    REVIEW = "review"  # a reviewer's, when signing
    OPINION = "opinion"  # a second reviewer's
    REOPENING = "reopening"  # why a review was opened again
    OVERRIDE = "override"  # the danger a clinician stated to pass a block


@dataclass(frozen=True)
class About:
    """Whose text it is and what it belongs to. The same words under another ``About`` are another note."""

    kind: NoteKind
    request_id: str
    author_id: str
    grant_id: str | None = None


@dataclass(frozen=True)
class Note:
    """``text`` is None when the note was erased, or when its row was altered. Times are UTC."""

    id: str
    about: About
    written_at: datetime
    text: str | None
    erased_at: datetime | None

    @property
    def shown(self) -> str:
        if self.text is not None:
            return self.text
        return f"Erased on {self.erased_at:%Y-%m-%d}." if self.erased_at else _SPOILED


def text_of(note: Note | None) -> str:
    """The text for another form, empty where there is none any more."""
    return (note.text or "") if note else ""


def shown(note: Note | None) -> str:
    """The text for a page, in its place the day it was erased; empty where nothing was written."""
    return note.shown if note else ""
