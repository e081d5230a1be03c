"""The section ``oddities`` as it is written, and what it means."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, TypeVar

from pydantic import Field, StrictInt

from broker.policy import reviewing as meant
from broker.policy.reviewing import USUAL_ODDITIES, OddityRules
from broker.policy.section import Length, Section

Signal = Literal[
    "over_use",
    "odd_hours",
    "same_pair",
    "short_reasons",
    "copied_reasons",
    "own_kin",
    "after_the_end",
    "never_used",
    "glass_beside_approver",
    "glass_after_no",
]
Count = Annotated[StrictInt, Field(ge=1, le=1000)]
Times = Annotated[StrictInt, Field(ge=2, le=100)]
Percent = Annotated[StrictInt, Field(ge=1, le=100)]

M = TypeVar("M")


class OverUseEntry(Section):
    """Far more grants than others, and than the person's own before."""

    at_least: Count = 10
    times_others: Times = Field(default=3, description="As many times the middle of the others.")
    times_before: Times = Field(default=2, description="As many times the person's own earlier pace.")


class OddHoursEntry(Section):
    """Grants at hours that are unusual for this person."""

    at_least: Count = 2
    known: Count = Field(default=30, description="Earlier grants it takes to know the usual hours.")
    percent: Percent = Field(default=2, description="An hour with less than this share is unusual.")


class SamePairEntry(Section):
    """One person asks, always the same one says yes."""

    at_least: Count = 8
    percent: Percent = 80


class ReasonsEntry(Section):
    """Notes too short to say anything, or the same over and over."""

    at_least: Count = 4
    percent: Percent = Field(default=60, description="Of the person's grants.")
    characters: Count = Field(default=12, description="A note is short below this.")
    alike: Percent = Field(default=90, description="Two notes are the same from this likeness on.")


class NeverUsedEntry(Section):
    """Grants nobody opened anything with."""

    at_least: Count = 4
    percent: Percent = 50


class AfterTheEndEntry(Section):
    """Tries to open something once the access had ended."""

    at_least: Count = 3


class BesideApproverEntry(Section):
    """The glass broken while an approver was answering others."""

    at_least: Count = 3
    within: Length = Field(
        default_factory=lambda: timedelta(minutes=15), description="15m when nothing is said."
    )


class AfterNoEntry(Section):
    """The glass broken soon after policy or an approver had said no."""

    at_least: Count = 2
    within: Length = Field(
        default_factory=lambda: timedelta(minutes=30), description="30m when nothing is said."
    )


class OdditiesEntry(Section):
    """From when on something looks odd enough to be shown to reviewers."""

    window: Length = Field(
        default_factory=lambda: USUAL_ODDITIES.window,
        description="What is looked at; 28d when nothing is said.",
    )
    before: Length = Field(
        default_factory=lambda: USUAL_ODDITIES.before,
        description="What it is compared with; 90d when nothing is said.",
    )
    off: list[Signal] = Field(default=[], description="Signals nobody wants to see.")
    over_use: OverUseEntry = Field(default_factory=OverUseEntry)
    odd_hours: OddHoursEntry = Field(default_factory=OddHoursEntry)
    same_pair: SamePairEntry = Field(default_factory=SamePairEntry)
    reasons: ReasonsEntry = Field(default_factory=ReasonsEntry)
    never_used: NeverUsedEntry = Field(default_factory=NeverUsedEntry)
    after_the_end: AfterTheEndEntry = Field(default_factory=AfterTheEndEntry)
    glass_beside_approver: BesideApproverEntry = Field(default_factory=BesideApproverEntry)
    glass_after_no: AfterNoEntry = Field(default_factory=AfterNoEntry)


def oddities_meant(said: OdditiesEntry | None) -> OddityRules:
    if said is None:
        return USUAL_ODDITIES
    return OddityRules(
        window=said.window,
        before=said.before,
        off=frozenset(said.off),
        over_use=_same(said.over_use, meant.OverUse),
        odd_hours=_same(said.odd_hours, meant.OddHours),
        same_pair=_same(said.same_pair, meant.SamePair),
        reasons=_same(said.reasons, meant.Reasons),
        never_used=_same(said.never_used, meant.NeverUsed),
        after_the_end=said.after_the_end.at_least,
        glass_beside_approver=_same(said.glass_beside_approver, meant.Within),
        glass_after_no=_same(said.glass_after_no, meant.Within),
    )


def _same(said: Section, value: type[M]) -> M:
    """A value whose fields are called as the section's keys."""
    return value(**dict(said))
