"""Colleagues who lost every factor and wait for an approver's word."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from broker.identity.factors.lost.reset import Reset, get_reset, open_resets
from broker.identity.factors.lost.vouch import refuse_help
from broker.identity.people import Role, by_id
from broker.store import Reader
from broker.web.api.frame.call import Call
from broker.web.api.frame.factor import typed
from broker.web.api.frame.operation import Door, Family
from broker.web.api.frame.shape import Confirmed, Named, Text, Told
from broker.web.deciding.pleas import pleas_for
from broker.web.deciding.vouching import vouch_for
from broker.web.parts import parts

pleas = Family("deciding")
# By a session alone: whoever vouches has somebody on the phone.
VOUCHES = Door(roles=frozenset({Role.APPROVER}))


class Plea(Told):
    """``state`` is asked, vouched, refused, stopped, done or lapsed; ``device`` is what they sit at."""

    id: str
    who: Named
    reason: str
    device: str
    state: str
    asked_at: datetime
    lapses_at: datetime


class Pleas(Told):
    """Oldest first, nobody's own."""

    items: list[Plea]


class Vouching(Confirmed):
    """``spoken`` is the code on their screen, as they read it out."""

    spoken: Text = Field(min_length=1, max_length=40, examples=["4N7-MCG"])


@pleas.get(
    "/pleas",
    "List who lost every factor and waits",
    VOUCHES,
    leads_to={"refuse_plea": {"plea_id": "$response.body#/items/0/id"}},
)
def list_pleas(call: Call) -> Pleas:
    with parts().store.read() as reader:
        waiting = pleas_for(reader, call.person)
        known = {each.id: each for each in open_resets(reader)}
        return Pleas(items=[_told(reader, known[each.id]) for each in waiting])


@pleas.post("/pleas/<plea_id>/vouch", "Vouch for somebody", VOUCHES, refusals=(409,))
def vouch_for_plea(call: Call, plea_id: str, body: Vouching) -> Plea:
    """Call them first. For a quarter of an hour the browser that asked may then set up a new factor."""
    vouch_for(call.person, plea_id, body.spoken, typed(call, body))
    return _now(plea_id)


@pleas.post("/pleas/<plea_id>/refuse", "Refuse to vouch", VOUCHES, refusals=(409,))
def refuse_plea(call: Call, plea_id: str) -> Plea:
    """Nothing of the person's changes; it takes no second factor, because it gives nothing."""
    with parts().store.write() as tx:
        refuse_help(tx, parts().ledger, call.person, plea_id)
    return _now(plea_id)


def _now(plea_id: str) -> Plea:
    with parts().store.read() as reader:
        return _told(reader, get_reset(reader, plea_id))


def _told(reader: Reader, plea: Reset) -> Plea:
    who = by_id(reader, plea.person_id)
    return Plea(
        id=plea.id,
        who=Named(id=who.id, name=who.name),
        reason=plea.reason,
        device=plea.device,
        state=plea.state_at(reader.at).value,
        asked_at=plea.asked_at,
        lapses_at=plea.lapses_at,
    )
