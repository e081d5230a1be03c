"""The section ``reviews`` as it is written, what contradicts in it and in ``oddities``, and what it means."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

from pydantic import Field

from broker.policy.draft import Draft
from broker.policy.reviewing import USUAL_REVIEWS, ReviewRules
from broker.policy.section import Length, Section
from broker.policy.sign_in_written import Switch
from broker.policy.source import Where

Finding = Literal["appropriate", "questionable", "misuse", "drill"]


class SecondOpinion(Section):
    """When another reviewer has to look as well."""

    outcomes: list[Finding] = Field(
        default=["misuse"], description="What one reviewer alone cannot settle; [] for nothing."
    )
    within: Length = Field(
        default_factory=lambda: USUAL_REVIEWS.second_opinion_within,
        description="How long the second one has; 3d when nothing is said.",
    )


class SafetyOverride(Section):
    """Breaking the glass although a review of earlier access is overdue, by stating the danger."""

    allowed: Switch = Field(
        default="on", description="off: whoever has an overdue review waits for approval."
    )
    review_within: Length = Field(
        default_factory=lambda: timedelta(hours=4),
        description="Sooner than other reviews of the glass; 4h when nothing is said.",
    )


class ReviewsEntry(Section):
    """How reviews go."""

    second_opinion: SecondOpinion = Field(default_factory=SecondOpinion)
    reopened_within: Length = Field(
        default_factory=lambda: USUAL_REVIEWS.reopened_within,
        description="How long a review that was opened again has; 3d when nothing is said.",
    )
    safety_override: SafetyOverride = Field(default_factory=SafetyOverride)


LONGEST_LOOK = timedelta(days=366)


def reviewing_complaints(draft: Draft) -> Iterator[tuple[Where, str]]:
    """Every contradiction in one file: the place, and a sentence."""
    sooner = draft.length("reviews", "safety_override", "review_within")
    off = draft.at("reviews", "safety_override", "allowed") in (False, "off")
    if off and sooner is not None:
        where = ("reviews", "safety_override", "review_within")
        yield where, "Nobody may override here. Remove this, or say allowed: on."
    for name in ("window", "before"):
        length = draft.length("oddities", name)
        if length is not None and not timedelta(days=1) <= length <= LONGEST_LOOK:
            yield ("oddities", name), "Look at one day at least, and at 366d at most."


def reviews_meant(said: ReviewsEntry | None) -> ReviewRules:
    if said is None:
        return USUAL_REVIEWS
    override = said.safety_override
    return ReviewRules(
        second_opinion_for=frozenset(said.second_opinion.outcomes),
        second_opinion_within=said.second_opinion.within,
        reopened_within=said.reopened_within,
        override_within=override.review_within if override.allowed == "on" else None,
    )
