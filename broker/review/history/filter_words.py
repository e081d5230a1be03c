"""Reads one filter of an address at a time, and says of each that cannot be what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar

HOURS = 24
_ID = re.compile(r"[a-z][a-z0-9_-]{0,79}")
# Policies name purposes and reasons; those of HL7 are capitals.
CODE_PATTERN = r"^[A-Za-z][A-Za-z0-9_.-]{0,79}$"
_CODE = re.compile(CODE_PATTERN[1:-1])

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True)
class Words:
    """``faults`` fill as fields are read. No fault repeats what was written."""

    query: Mapping[str, str]
    faults: dict[str, str] = field(default_factory=dict)

    def own_id(self, name: str) -> str | None:
        return self._matched(name, _ID)

    def code(self, name: str) -> str | None:
        return self._matched(name, _CODE)

    def one_of(self, name: str, choices: type[Choice]) -> Choice | None:
        written = self.query.get(name, "")
        if written and written not in set(choices):
            self.faults[name] = f"There is no such {name}. Choose one from the list."
            return None
        return choices(written) if written else None

    def day(self, name: str) -> date | None:
        written = self.query.get(name, "").strip()
        try:
            return date.fromisoformat(written) if written else None
        except ValueError:
            self.faults[name] = "Write the day as year-month-day, such as 2026-03-01."
            return None

    def hour(self, name: str) -> int | None:
        written = self.query.get(name, "").strip()
        if not written:
            return None
        # isdigit alone takes digits of other scripts, and superscripts.
        if not (written.isascii() and written.isdigit()) or not int(written[:3]) < HOURS or len(written) > 2:  # noqa: PLR2004
            self.faults[name] = "Choose an hour of the day, 0 to 23."
            return None
        return int(written)

    def is_ticked(self, name: str) -> bool:
        return bool(self.query.get(name))

    def _matched(self, name: str, shape: re.Pattern[str]) -> str | None:
        written = self.query.get(name, "")
        if written and not shape.fullmatch(written):
            self.faults[name] = "This is not one of the broker's own ids. Choose again."
            return None
        return written or None
