"""What policy offers whoever asks."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from broker.access.offered import offered_to
from broker.policy.catalog import Entitlement
from broker.web.api.frame.call import Call
from broker.web.api.frame.operation import Door, Family
from broker.web.api.frame.shape import Told
from broker.web.parts import parts

offers = Family("asking")


class Choice(Told):
    code: str = Field(examples=["ETREAT"])
    words: str = Field(examples=["Emergency treatment"])


class Offer(Told):
    """One thing policy offers. ``glass_minutes`` is the most that break-glass gives, None where it is not allowed."""

    entitlement: str = Field(examples=["telehealth-recording"])
    title: str
    description: str
    kind: str = Field(examples=["recording"])
    purposes: list[str] = Field(examples=[["ETREAT"]])
    minutes: list[int] = Field(examples=[[15, 30]])
    default_minutes: int = Field(examples=[15])
    approvals_needed: int
    glass_minutes: int | None
    glass_purposes: list[str]


class Offers(Told):
    """Empty for somebody who may ask for nothing."""

    items: list[Offer]
    purposes: list[Choice]
    reasons: list[Choice]


@offers.get("/offers", "See what can be asked for", Door(scope="requests:read"))
def list_offers(call: Call) -> Offers:
    """What the request form offers the same person."""
    catalog = parts().catalog
    with parts().store.read() as reader:
        found = offered_to(reader, catalog, call.person)
    return Offers(
        items=[offer(each) for each in found],
        purposes=[Choice(code=code, words=words) for code, words in catalog.purposes.items()],
        reasons=[Choice(code=code, words=words) for code, words in catalog.reasons.items()],
    )


def minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)


def offer(entitlement: Entitlement) -> Offer:
    glass = entitlement.break_glass
    return Offer(
        entitlement=entitlement.id,
        title=entitlement.title,
        description=entitlement.description,
        kind=str(entitlement.kind),
        purposes=list(entitlement.purposes),
        minutes=[minutes(length) for length in entitlement.durations.offered],
        default_minutes=minutes(entitlement.durations.default),
        approvals_needed=entitlement.approvals.needed,
        glass_minutes=minutes(glass.maximum) if glass else None,
        glass_purposes=list(glass.purposes) if glass else [],
    )
