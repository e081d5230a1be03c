"""Ask for access, look at what was asked for, take it back, break the glass."""

from __future__ import annotations

from broker.access.ask import Asked, ask
from broker.access.break_glass import break_glass_instead
from broker.access.find import requests_page
from broker.access.request import AccessRequest, RequestState
from broker.access.withdraw import withdraw
from broker.web.api.asking.asking_body import Asking, Breaking, ask_form
from broker.web.api.asking.request_told import RequestList, RequestTold, request_row, request_told
from broker.web.api.frame.call import Call, Whose
from broker.web.api.frame.factor import typed
from broker.web.api.frame.operation import Door, Family
from broker.web.api.frame.paging import Paging, begins_after, cut, instant_and_id, next_of
from broker.web.api.frame.seeing import request_seen
from broker.web.frame.limits import REQUEST_FORMS, limits
from broker.web.holding.bring_to_life import bring_to_life
from broker.web.parts import parts

requests = Family("asking")
READ, WRITE = "requests:read", "requests:write"
GOES_ON = {
    name: {"request_id": "$response.body#/id"}
    for name in ("show_request", "withdraw_request", "break_glass_instead_of", "decide_request")
}


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
    person, confirmed = call.person, typed(call, body)
    # As many as from the form, and counted with it.
    limits().spend(REQUEST_FORMS, call.who.counted_as)
    asked = ask(parts().equipment, person, ask_form(call, body), confirmed)
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
def break_glass_instead_of(call: Call, request_id: str, body: Breaking) -> RequestTold:
    """Once the approvers have had policy's time: the waiting request is withdrawn, a new one is granted at once."""
    asked = break_glass_instead(
        parts().equipment,
        call.person,
        request_id,
        typed(call, body),
        danger=body.danger,
        danger_confirmed=body.danger_confirmed,
    )
    return told(call, asked)


def told(call: Call, asked: Asked) -> RequestTold:
    """The request that was made, its access brought to life while its person waits."""
    bring_to_life(asked.grant)
    call.headers["Location"] = f"{parts().settings.base_url}/api/v1/requests/{asked.request.id}"
    return _as_it_stands(call, asked.request)


def _as_it_stands(call: Call, request: AccessRequest) -> RequestTold:
    with parts().store.read() as reader:
        return request_told(reader, call.who, request_seen(reader, call.who, request.id))
