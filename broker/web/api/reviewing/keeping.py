"""Legal holds, erasing before its time, and what a patient is told."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import ConfigDict, Field

from broker.identity.people import Role
from broker.patients.register import LONGEST_REFERENCE
from broker.retention.before_time import (
    Erasure,
    ErasureState,
    ask_erasure,
    confirm_erasure,
    list_erasures,
    refuse_erasure,
)
from broker.retention.hold import Hold, list_holds, place_hold, release_hold
from broker.retention.thing import LONGEST_REASON, ThingKind, find_thing
from broker.review.disclosures.answer import answer_of, as_json
from broker.review.disclosures.draw_up import Document, Form, draw_up
from broker.review.disclosures.period import period_of
from broker.web.api.frame.call import Call
from broker.web.api.frame.operation import Door, Family
from broker.web.api.frame.shape import Given, Text, Told
from broker.web.parts import parts

keeping = Family("reviewing")
HOLDS = Door(roles=frozenset({Role.REVIEWER, Role.ADMIN}))
REVIEWS = Door(roles=frozenset({Role.REVIEWER}))


class HoldTold(Told):
    """Stands until ``released_at``. ``thing`` is the broker's own id of what is held."""

    id: str = Field(examples=["hold_0123456789abcdef0123"])
    kind: ThingKind
    thing: str
    reason: str
    placed_by: str
    placed_at: datetime
    released_by: str | None
    released_at: datetime | None
    release_reason: str | None


class ErasureTold(Told):
    """``erased`` and ``held`` count notes, once it is done."""

    id: str = Field(examples=["erasure_0123456789abcdef0123"])
    kind: ThingKind
    thing: str
    reason: str
    state: ErasureState
    asked_by: str
    asked_at: datetime
    closed_by: str | None
    closed_at: datetime | None
    erased: int | None
    held: int | None


class HoldList(Told):
    """The newest two hundred, those that stand first."""

    items: list[HoldTold]


class ErasureList(Told):
    """The newest hundred, those that wait for somebody first."""

    items: list[ErasureTold]


class About(Given):
    """``thing`` is the broker's own id; of a patient also the clinic's, of a person also the email."""

    kind: ThingKind
    thing: Text = Field(min_length=1, max_length=200, examples=["grant_0123456789abcdef0123"])
    reason: Text = Field(min_length=1, max_length=LONGEST_REASON, examples=["case 17"])


class Why(Given):
    reason: Text = Field(min_length=1, max_length=LONGEST_REASON, examples=["case closed"])


class Asked(Given):
    """Left out, the days reach from as far back as policy allows to today. ``with_notes``: they were read before."""

    model_config = ConfigDict(populate_by_name=True)

    patient: Text = Field(min_length=1, max_length=LONGEST_REFERENCE, examples=["P-0000"])
    first_day: date | None = Field(default=None, alias="from", examples=["2026-03-01"])
    last_day: date | None = Field(default=None, alias="to", examples=["2026-03-31"])
    with_notes: bool = False


class Answered(Told):
    """What a patient may be told; described in docs/disclosures.md."""

    model_config = ConfigDict(frozen=True, extra="allow")

    patient: str
    made_at: datetime
    accesses: list[dict[str, Any]]


@keeping.get(
    "/holds",
    "List legal holds",
    HOLDS,
    leads_to={"release_held": {"hold_id": "$response.body#/items/0/id"}},
)
def list_held(call: Call) -> HoldList:  # noqa: ARG001 - alike for everybody who came through the door
    with parts().store.read() as reader:
        return HoldList(items=[_hold(each) for each in list_holds(reader)])


@keeping.post("/holds", "Place a legal hold", HOLDS)
def hold_thing(call: Call, body: About) -> HoldTold:
    """It keeps free text from being erased, and does nothing else."""
    with parts().store.read() as reader:
        thing = find_thing(reader, body.kind, body.thing)
    return _hold(place_hold(parts().equipment, call.person, thing, body.reason))


@keeping.post("/holds/<hold_id>/release", "Release a legal hold", HOLDS, refusals=(404, 409))
def release_held(call: Call, hold_id: str, body: Why) -> HoldTold:
    return _hold(release_hold(parts().equipment, call.person, hold_id, body.reason))


@keeping.get(
    "/erasures",
    "List what was asked to be erased before its time",
    HOLDS,
    leads_to={"erase_now": {"erasure_id": "$response.body#/items/0/id"}},
)
def list_asked_erasures(call: Call) -> ErasureList:  # noqa: ARG001 - alike for everybody who came through the door
    with parts().store.read() as reader:
        return ErasureList(items=[_erasure(each) for each in list_erasures(reader)])


@keeping.post("/erasures", "Ask for free text to be erased before its time", REVIEWS)
def ask_to_erase(call: Call, body: About) -> ErasureTold:
    """Nothing is erased until somebody else confirms it."""
    with parts().store.read() as reader:
        thing = find_thing(reader, body.kind, body.thing)
    return _erasure(ask_erasure(parts().equipment, call.person, thing, body.reason))


@keeping.post(
    "/erasures/<erasure_id>/confirm", "Erase what somebody else asked for", HOLDS, refusals=(404, 409)
)
def erase_now(call: Call, erasure_id: str) -> ErasureTold:
    """For good. What a hold or an open review keeps stays, and is counted."""
    return _erasure(confirm_erasure(parts().equipment, call.person, erasure_id))


@keeping.post(
    "/erasures/<erasure_id>/refuse", "Refuse an erasure, or take it back", REVIEWS, refusals=(404, 409)
)
def leave_unerased(call: Call, erasure_id: str) -> ErasureTold:
    return _erasure(refuse_erasure(parts().equipment, call.person, erasure_id))


@keeping.post("/disclosures", "Draw up what a patient is told", REVIEWS, kept=False)
def answer_patient(call: Call, body: Asked) -> Answered:
    """Who could open what, and when. That it was drawn up is written into the ledger."""
    wired = parts()
    days = [each.isoformat() if each else "" for each in (body.first_day, body.last_day)]
    reach, zone = wired.catalog.keeping.accounting, wired.settings.zone
    period = period_of(days[0], days[1], wired.clock.now(), reach, zone)
    drawn = draw_up(wired.equipment, call.person, Document.ANSWER, Form.JSON, body.patient, period)
    with wired.store.read() as reader:
        answer = answer_of(reader, wired.catalog, drawn, with_notes=body.with_notes)
    return Answered.model_validate(as_json(answer))


def _hold(hold: Hold) -> HoldTold:
    told = {name: value for name, value in vars(hold).items() if name != "thing"}
    return HoldTold(kind=hold.thing.kind, thing=hold.thing.id, **told)


def _erasure(erasure: Erasure) -> ErasureTold:
    told = {name: value for name, value in vars(erasure).items() if name != "thing"}
    return ErasureTold(kind=erasure.thing.kind, thing=erasure.thing.id, **told)
