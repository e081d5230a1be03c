"""What is looked at, and what is found in it: plain values, read from nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Signal(StrEnum):
    OVER_USE = "over_use"
    ODD_HOURS = "odd_hours"
    SAME_PAIR = "same_pair"
    SHORT_REASONS = "short_reasons"
    COPIED_REASONS = "copied_reasons"
    OWN_KIN = "own_kin"
    AFTER_THE_END = "after_the_end"
    NEVER_USED = "never_used"
    GLASS_BESIDE_APPROVER = "glass_beside_approver"
    GLASS_AFTER_NO = "glass_after_no"


@dataclass(frozen=True)
class Use:
    """One grant. ``hour`` is the local hour of the day, 0 to 23; ``at`` when it was issued, UTC.

    ``note`` is None when it can no longer be read, empty when none was written. ``used`` is None where
    nobody could have seen a use. ``waited``: the glass was broken only after approvers had had their time.
    """

    grant_id: str
    person_id: str
    patient_id: str
    at: datetime
    hour: int
    ended_at: datetime
    broke_glass: bool
    waited: bool = False
    approvers: tuple[str, ...] = ()
    note: str | None = None
    used: bool | None = None


@dataclass(frozen=True)
class Earlier:
    """A grant before the window, as far as it tells what is usual."""

    person_id: str
    hour: int


@dataclass(frozen=True)
class Answer:
    """Somebody decided a request of somebody else."""

    approver_id: str
    person_id: str
    at: datetime


@dataclass(frozen=True)
class No:
    """A request was refused: by an approver for one patient, or by policy (``patient_id`` is None)."""

    person_id: str
    patient_id: str | None
    at: datetime


@dataclass(frozen=True)
class Knock:
    """Something of a grant was tried once the access had ended."""

    person_id: str
    grant_id: str
    at: datetime


@dataclass(frozen=True)
class Material:
    """Everything the signals look at; ``kin`` are pairs of a person and a patient that share a name or an address."""

    now: datetime
    uses: tuple[Use, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    answers: tuple[Answer, ...] = ()
    noes: tuple[No, ...] = ()
    knocks: tuple[Knock, ...] = ()
    kin: frozenset[tuple[str, str, str]] = frozenset()


@dataclass(frozen=True)
class Found:
    """``rows`` are ids of grants, oldest first; ``facts`` the numbers its sentence tells.

    ``times`` are when each row happened, in the same order.
    """

    signal: Signal
    person_id: str
    rows: tuple[str, ...]
    times: tuple[datetime, ...]
    facts: Mapping[str, int | str] = field(default_factory=dict)
    other_id: str = ""

    @property
    def newest_at(self) -> datetime:
        return max(self.times)

    def since(self, looked_at: datetime) -> int:
        """How many rows are newer than that."""
        return sum(at > looked_at for at in self.times)
