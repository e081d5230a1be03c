"""Ask for access, look at what was asked for, take it back, break the glass."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from enum import StrEnum

from pydantic import Field

from broker.access.ask import Asked, ask
from broker.access.break_glass import break_glass_instead
from broker.access.find import requests_page
from broker.access.note_check import MAXIMUM_LENGTH
from broker.access.plan import AskForm
from broker.access.request import AccessRequest, RequestState
from broker.access.withdraw import withdraw
from broker.clock import new_id
from broker.patients.register import LONGEST_REFERENCE
from broker.policy.decision import Path
from broker.web.api.asking.request_told import RequestList, RequestTold, request_row, request_told
from broker.web.api.frame.call import Call, Whose
from broker.web.api.frame.factor import typed
from broker.web.api.frame.operation import Door, Family
from broker.web.api.frame.paging import Paging, begins_after, cut, instant_and_id, next_of
from broker.web.api.frame.seeing import request_seen
from broker.web.api.frame.shape import Confirmed, Text
from broker.web.holding.bring_to_life import bring_to_life
from broker.web.parts import parts

requests = Family("asking")
READ, WRITE = "requests:read", "requests:write"
GOES_ON = {
    name: {"request_id": "$response.body#/id"}
    for name in ("show_request", "withdraw_request", "break_glass_instead_of", "decide_request")
}


class Way(StrEnum):
    """The ordinary way in, or the louder one. More time is asked for at the access itself."""

    ORDINARY = Path.ORDINARY.value
    BREAK_GLASS = Path.BREAK_GLASS.value


class Asking(Confirmed):
    """What the request form asks. ``note_confirmed``: the note was looked at again and identifies nobody."""

    patient: Text = Field(min_length=1, max_length=LONGEST_REFERENCE, examples=["P-0000"])
    entitlement: Text = Field(min_length=1, max_length=60, examples=["telehealth-recording"])
    purpose: Text = Field(min_length=1, max_length=20, examples=["ETREAT"])
    reason: Text = Field(min_length=1, max_length=60, examples=["unresponsive"])
    note: Text = Field(default="", max_length=MAXIMUM_LENGTH)
    note_confirmed: bool = False
    minutes: int = Field(ge=1, le=10_080, examples=[15])
    path: Way = Way.ORDINARY


class Which(Paging):
    """``whose``: one's own, or everybody's where the caller oversees them. Software sees everybody's."""

    whose: Whose = Whose.MINE
    state: RequestState | None = None


@requests.get(
    "/requests",
    "List requests, newest first",
    Door(scope=READ, software=True),
    leads_to={"show_request": {"request_id": "$response.body#/items/0/id"}},
)
def list_requests(call: Call, query: Which) -> RequestList:
    """One's own, or everybody's for approvers, reviewers and administrators."""
    place = instant_and_id(begins_after(query))
    with parts().store.read() as reader:
        found = requests_page(
            reader,
            person_id=query.whose.person(call.who),
            state=query.state,
            after=place,
            most=query.limit + 1,
        )
        shown = cut(call, query, found, lambda each: [each.asked_at.isoformat(), each.id])
        return RequestList(items=[request_row(reader, each) for each in shown], next=next_of(call))


@requests.post(
    "/requests", "Ask for access", Door(scope=WRITE), status=201, refusals=(409,), leads_to=GOES_ON
)
def ask_for_access(call: Call, body: Asking) -> RequestTold:
    """Granted at once where policy needs nobody else: then `grant` names the access. `path` break_glass is the
    louder way in. The same Idempotency-Key never asks twice.
    """
    asked = ask(parts().equipment, call.person, _form(call, body), typed(call, body))
    return told(call, asked)


@requests.get(
    "/requests/<request_id>",
    "Look at a request",
    Door(scope=READ, software=True),
    leads_to={"show_grant": {"grant_id": "$response.body#/grant"}},
)
def show_request(call: Call, request_id: str) -> RequestTold:
    """Poll it with If-None-Match: 304 while nothing is new."""
    with parts().store.read() as reader:
        return request_told(reader, call.who, request_seen(reader, call.who, request_id))


@requests.post(
    "/requests/<request_id>/withdraw",
    "Withdraw a request",
    Door(scope=WRITE),
    refusals=(409,),
    limited=False,
)
def withdraw_request(call: Call, request_id: str) -> RequestTold:
    """One's own, while nobody has answered it."""
    return _as_it_stands(call, withdraw(parts().equipment, call.person, request_id))


@requests.post(
    "/requests/<request_id>/break-glass",
    "Break the glass instead of waiting",
    Door(scope=WRITE),
    status=201,
    refusals=(409,),
    leads_to=GOES_ON,
)
def break_glass_instead_of(call: Call, request_id: str, body: Confirmed) -> RequestTold:
    """Once the approvers have had policy's time: the waiting request is withdrawn, a new one is granted at once."""
    asked = break_glass_instead(parts().equipment, call.person, request_id, typed(call, body))
    return told(call, asked)


def told(call: Call, asked: Asked) -> RequestTold:
    """The request that was made, its access brought to life while its person waits."""
    bring_to_life(asked.grant)
    call.headers["Location"] = f"{parts().settings.base_url}/api/v1/requests/{asked.request.id}"
    return _as_it_stands(call, asked.request)


def submission(call: Call) -> str:
    """The same for the same person and key, so that asking again after a crash finds what was asked."""
    if not call.key:
        return new_id("form")
    return f"api_{hashlib.sha256(f'{call.who.key} {call.key}'.encode()).hexdigest()[:40]}"


def _as_it_stands(call: Call, request: AccessRequest) -> RequestTold:
    with parts().store.read() as reader:
        return request_told(reader, call.who, request_seen(reader, call.who, request.id))


def _form(call: Call, body: Asking) -> AskForm:
    return AskForm(
        submission=submission(call),
        patient_ref=body.patient,
        entitlement=body.entitlement,
        purpose=body.purpose,
        reason=body.reason,
        note=body.note,
        duration=timedelta(minutes=body.minutes),
        path=Path(body.path.value),
        note_confirmed=body.note_confirmed,
    )
