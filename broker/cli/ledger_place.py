"""What the ledger's commands are told of the installation they work on."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from broker.notes.note_box import NoteBox
from broker.store import Store


class Place(Protocol):
    """Where this installation keeps its ledger and what vouches for it. The store is opened when it is first asked for."""

    @property
    def store(self) -> Store: ...
    @property
    def ledger_key_path(self) -> Path: ...
    @property
    def ledger_heads_path(self) -> Path: ...
    @property
    def public_key_path(self) -> Path: ...
    @property
    def notes(self) -> NoteBox | None: ...
