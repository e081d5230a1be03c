"""What every section of a policy file has in common, and how lengths of time are written in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema, field_validator

from broker.policy.durations import EXPECTED, PATTERN, parse_duration

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
