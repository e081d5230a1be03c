"""What waits for an approver, and their yes or no."""

from __future__ import annotations

from pydantic import Field

from broker.access.decide import SessionFactor, Verdict, decide
from broker.access.equipment import TypedCode
from broker.access.find import waiting_for
from broker.identity.people import Role
from broker.web.api.asking.request_told import RequestRow, RequestTold, request_row, request_told
from broker.web.api.asking.requests import READ, WRITE
from broker.web.api.frame.call import Call
from broker.web.api.frame.factor import is_given, typed
from broker.web.api.frame.operation import Door, Family
from broker.web.api.frame.seeing import request_seen
from broker.web.api.frame.shape import Confirmed, Text, Told
from broker.web.deciding.decision_page import said_by
from broker.web.deciding.decisions import LONGEST_COMMENT
from broker.web.holding.bring_to_life import bring_to_life
from broker.web.parts import parts

decisions = Family("deciding")


class Waiting(Told):
    """Oldest first: whoever asked first has waited longest."""

    items: list[RequestRow]


class Deciding(Confirmed):
    """A denial needs a comment. The code may be left out while the sign-in is fresh enough for policy."""

    verdict: Verdict
    comment: Text = Field(default="", max_length=LONGEST_COMMENT)


@decisions.get(
    "/waiting",
    "List what waits for one's decision",
    Door(roles=frozenset({Role.APPROVER, Role.REVIEWER}), scope=READ),
    leads_to={"decide_request": {"request_id": "$response.body#/items/0/id"}},
)
def list_waiting(call: Call) -> Waiting:
    """Poll it with If-None-Match: 304 while nothing is new."""
    catalog = parts().catalog
    with parts().store.read() as reader:
        found = waiting_for(reader, catalog, call.person)
        return Waiting(items=[request_row(reader, each) for each in found])


@decisions.post(
    "/requests/<request_id>/decisions",
    "Approve or deny a request",
    Door(scope=WRITE),
    refusals=(409,),
    leads_to={"show_grant": {"grant_id": "$response.body#/grant"}},
)
def decide_request(call: Call, request_id: str, body: Deciding) -> RequestTold:
    """By a role that policy names for it, once each, never about one's own request.

    Saying the same again is no error.
    """
    if not _said_already(call, request_id, body.verdict):
        factor = _factor(call, body)
        decided = decide(parts().equipment, call.person, request_id, body.verdict, body.comment, factor)
        bring_to_life(decided.grant)
    with parts().store.read() as reader:
        return request_told(reader, call.who, request_seen(reader, call.who, request_id))


def _said_already(call: Call, request_id: str, verdict: Verdict) -> bool:
    person = call.person
    with parts().store.read() as reader:
        request = request_seen(reader, call.who, request_id)
        return said_by(reader, request.id, person.id) == verdict


def _factor(call: Call, body: Deciding) -> SessionFactor | TypedCode:
    fresh = call.who.fresh
    return fresh if fresh is not None and not is_given(body) else typed(call, body)
