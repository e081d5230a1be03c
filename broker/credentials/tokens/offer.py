"""What a grant offers software: the policy section that its scope has carried since it was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from broker.access.grant import Grant


@dataclass(frozen=True)
class Offer:
    """``audience`` is the one resource server a token is good at; ``lifetime`` how long at most."""

    audience: str
    datatypes: tuple[str, ...]
    actions: tuple[str, ...]
    lifetime: timedelta
    dpop_required: bool


def offer_of(grant: Grant) -> Offer | None:
    """None for a grant of which software gets nothing."""
    section = grant.scope.get("credential")
    if section is None:
        return None
    return Offer(
        audience=section["audience"],
        datatypes=tuple(section["datatypes"]),
        actions=tuple(section["actions"]),
        lifetime=timedelta(seconds=section["lifetime_s"]),
        dpop_required=section["dpop"] == "required",
    )
