"""The language policy files are written in, one model per section.

These models check the form of each section by itself; what one section must
not say because of another is in coherence.py.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictInt, WithJsonSchema, field_validator

from broker.policy.catalog import Capability, EntitlementKind, Factor
from broker.policy.durations import EXPECTED, PATTERN, parse_duration

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
Code = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")]
Words = Annotated[str, Field(min_length=1, max_length=300)]
Names = Annotated[list[Code], Field(min_length=1)]
Length = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    WithJsonSchema(
        {"type": "string", "pattern": PATTERN, "description": EXPECTED, "examples": ["15m", "1h"]}
    ),
]


class Section(BaseModel):
    """Knows its keys and no others; an empty value is a mistake, never a default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _said(cls, value: object) -> object:
        if value is None:
            raise ValueError("nothing is written here; give it a value or remove the key")
        return value


class Who(Section):
    """Who may ask."""

    roles: Names = Field(description="Anybody holding one of these roles may ask.")


class Duration(Section):
    """How long a grant lasts."""

    offered: Annotated[list[Length], Field(min_length=1)] = Field(description="The choices on the form.")
    default: Length = Field(description="The choice already made on the form.")
    maximum: Length = Field(description="No ordinary grant is ever longer, whatever is asked for.")


class Approvals(Section):
    """Who says yes, how many of them, and how long the question stands."""

    needed: Annotated[StrictInt, Field(ge=0, le=5)] = Field(
        description="How many different people must say yes."
    )
    roles: list[Code] = Field(default=[], description="Anybody holding one of these roles may decide.")
    lapse_after: Length | None = Field(default=None, description="Unanswered, a request ends.")
    factor_fresh_for: Length | None = Field(
        default=None, description="How old the approver's own second factor may be."
    )


class BreakGlass(Section):
    """What a person may open without waiting. Leave the section out, and nobody may."""

    maximum: Length = Field(description="Shorter than the ordinary maximum.")
    purposes: Names
    compartments: Names = Field(description="Some or all of the entitlement's compartments.")
    offered_after: Length = Field(description="A request this long without an answer offers break-glass.")
    review_within: Length = Field(description="Somebody must have looked at it by then.")


class Extension(Section):
    """Whether a grant may be followed by another before it ends."""

    total: Length = Field(description="The first grant and all its extensions together.")
    approvals: Annotated[StrictInt, Field(ge=0, le=5)]


class Review(Section):
    """Whether ordinary grants are looked at afterwards, too."""

    within: Length


class SiteRole(Section):
    """What the lease on a site covers: one kind of post, one patient's, nothing else."""

    site: Id
    post_type: Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,20}$")]
    meta_key: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,191}$")]
    capabilities: Annotated[list[Capability], Field(min_length=1)]


class EntitlementEntry(Section):
    """One thing that can be asked for."""

    title: Words
    description: Words
    kind: EntitlementKind
    who: Who
    compartments: Names = Field(description="Patients of these compartments are covered.")
    purposes: Names = Field(description="HL7 purposes of use that an ordinary request may state.")
    duration: Duration
    factor: Factor = Field(description="The second factor that confirms asking and deciding.")
    approvals: Approvals
    break_glass: BreakGlass | None = None
    extension: Extension | None = None
    review: Review | None = None
    site_role: SiteRole | None = None


class Document(Section):
    """One policy file. Files add up: what one declares, all may use."""

    version: Literal[1]
    roles: dict[Code, Words] = Field(default={}, description="Roles this policy speaks of.")
    compartments: dict[Code, Words] = Field(default={}, description="Groups of patients, each in one.")
    purposes: dict[Code, Words] = Field(default={}, description="HL7 purposes of use and their words here.")
    reasons: dict[Code, Words] = Field(default={}, description="Reasons a person picks from.")
    entitlements: dict[Id, EntitlementEntry] = {}
