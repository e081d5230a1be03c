"""What every shape of the API has in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from flask import Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
"""Any text a database keeps: no null character."""

Opaque = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=80)]
"""One of our own ids; says nothing about what it names."""


class Given(BaseModel):
    """What a caller sends. A field nobody knows is a mistake, not decoration."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Told(BaseModel):
    """What the broker answers. Software must bear with fields it does not know."""

    model_config = ConfigDict(frozen=True)


@dataclass(frozen=True)
class Streamed:
    """An answer that is made while it is sent, and is no JSON of ours."""

    response: Response


class Named(Told):
    """Somebody or something, and what people call them."""

    id: str = Field(examples=["person_0123456789abcdef0123"])
    name: str = Field(examples=["On-call clinician"])


class Done(Told):
    """It is done. ``count`` is how many things it was done to."""

    count: int = 1


class Confirmed(Given):
    """The second factor for an act: a one-time or recovery code, or a passkey's answer.

    With ``passkey`` as ``begin`` nothing is done yet: the answer is a problem `passkey-challenge` that holds the
    authenticator's options. The same body with its answer then does the act.
    """

    code: Text = Field(default="", max_length=80, examples=["123456"])
    passkey: Text = Field(default="", max_length=20_000)
