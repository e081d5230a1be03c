"""What commands find around them. Each part is opened when it is first asked for."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from broker.app import build_parts, open_store
from broker.errors import ConfigurationError
from broker.identity.people import Person, by_email
from broker.key_files import secret_key
from broker.keyring.ring import KeyRing
from broker.notes.note_box import NoteBox
from broker.settings import Settings
from broker.store import Store
from broker.store.schema import check_schema
from broker.web.parts import Parts


class Installation:
    """One installation of the broker, as its settings describe it."""

    @cached_property
    def settings(self) -> Settings:
        try:
            return Settings()
        except ValidationError as error:
            faults = "; ".join(f"BROKER_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
            raise ConfigurationError(
                f"The settings cannot be used. {faults}", help="Correct them."
            ) from error

    @cached_property
    def parts(self) -> Parts:
        return build_parts(self.settings)

    @cached_property
    def store(self) -> Store:
        return open_store(self.settings)

    @property
    def key_ring(self) -> KeyRing:
        ring = self.parts.signing_keys
        if not isinstance(ring, KeyRing):
            raise TypeError("an installation keeps its keys in its database")
        return ring

    def close(self) -> None:
        """Let go of the databases that were opened."""
        opened = vars(self)
        if "parts" in opened:
            self.parts.store.engine.dispose()
        if "store" in opened:
            self.store.engine.dispose()

    @property
    def policies_path(self) -> Path:
        return self.settings.policies_path

    @property
    def ledger_key_path(self) -> Path:
        return self.settings.keys_dir / "ledger.key"

    @property
    def ledger_heads_path(self) -> Path:
        return self.settings.heads_path

    @property
    def public_key_path(self) -> Path:
        return self.settings.ledger_public_key_path

    @property
    def notes(self) -> NoteBox | None:
        """What opens the notes; None where their key is not, as beside a copy of the database."""
        key = self.settings.keys_dir / "identity.key"
        return NoteBox(secret_key(key)) if key.exists() else None

    def find_person(self, email: str) -> Person | None:
        # The first question of many commands: a database nobody upgraded is told as that.
        check_schema(self.store.engine)
        with self.store.read() as reader:
            return by_email(reader, email)
