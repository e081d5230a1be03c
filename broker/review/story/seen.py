"""An entry as it is told to a reviewer, and the words it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from broker.ledger.entry import Recorded
from broker.policy.catalog import Catalog


@dataclass(frozen=True)
class Words:
    """``kind`` is that of a step in templates/partials/lists.html: done, warn (break-glass alone) or stop."""

    title: str
    text: str = ""
    kind: str = "done"


@dataclass(frozen=True)
class Seen:
    """An entry and what is needed to tell it: names of people and things, and what was written, by id."""

    recorded: Recorded
    catalog: Catalog
    names: Mapping[str, str]
    notes: Mapping[str, str]

    @property
    def facts(self) -> Mapping[str, Any]:
        return self.recorded.entry.facts

    @property
    def actor(self) -> str:
        actor = self.recorded.entry.actor
        return "The broker" if actor == "broker" else self.name(actor)

    @property
    def note(self) -> str:
        """What somebody wrote with this step, or when it was erased; empty where nothing was written."""
        entry, fact = self.recorded.entry, self.facts.get("note")
        return self.notes.get(fact["id"] if fact else f"note_of_{entry.request}_{entry.actor}", "")

    def name(self, thing: object) -> str:
        return self.names.get(str(thing), str(thing))
