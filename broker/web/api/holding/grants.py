"""Access: whose, what it opens, more of it, a link to it, the end of it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from pydantic import Field

from broker.access.extend import extend
from broker.access.grant import Cause
from broker.access.hand_back import hand_back
from broker.access.revoke import revoke
from broker.access.take_back import end
from broker.credentials.links.hand_out import LINK_LIFETIME, hand_out
from broker.credentials.tokens.withdraw import withdraw_tokens
from broker.errors import Conflict
from broker.review.filters import Filters, Shown
from broker.review.history import history_page
from broker.web.api.asking.request_told import RequestTold
from broker.web.api.asking.requests import GOES_ON, submission, told
from broker.web.api.frame.call import Call, Whose
from broker.web.api.frame.factor import typed
from broker.web.api.frame.operation import Door, Family
from broker.web.api.frame.paging import Paging, begins_after, next_of, tell_next
from broker.web.api.frame.seeing import grant_seen
from broker.web.api.frame.shape import Confirmed, Done, Given, Text, Told
from broker.web.api.holding.grant_told import GrantList, GrantTold, grant_row, grant_told
from broker.web.parts import parts

grants = Family("holding")
READ, END = "grants:read", "grants:end"


class WhichGrants(Paging):
    """``whose``: one's own, or everybody's where the caller oversees them. Software sees everybody's."""

    whose: Whose = Whose.MINE
    state: Shown | None = None


class MoreTime(Confirmed):
    minutes: int = Field(ge=1, le=10_080, examples=[15])


class Wanted(Given):
    """One of the access's ``holdings``."""

    holding: Text = Field(min_length=1, max_length=80, examples=["rec_0123456789abcdef0123"])


class Link(Told):
    """Opens once, for its holder alone, signed in. ``address`` is told this once and never written down."""

    address: str
    expires_at: datetime


@grants.get(
    "/grants",
    "List access, newest first",
    Door(scope=READ, software=True),
    leads_to={"show_grant": {"grant_id": "$response.body#/items/0/id"}},
)
def list_grants(call: Call, query: WhichGrants) -> GrantList:
    """One's own, or everybody's for approvers, reviewers and administrators."""
    filters = Filters(person=query.whose.person(call.who), state=query.state)
    place, zone = begins_after(query), parts().settings.zone
    with parts().store.read() as reader:
        after = place[0] if place else None
        page = history_page(reader, parts().catalog, filters, zone, after=after, most=query.limit)
    if page.next_after:
        tell_next(call, query, [page.next_after])
    return GrantList(items=[grant_row(row) for row in page.rows], next=next_of(call))


@grants.get(
    "/grants/<grant_id>",
    "Look at access",
    Door(scope=READ, software=True),
    leads_to={
        "end_grant": {"grant_id": "$response.body#/id"},
        "extend_grant": {"grant_id": "$response.body#/id"},
        "hand_out_link": {"grant_id": "$response.body#/id"},
        "withdraw_grant_tokens": {"grant_id": "$response.body#/id"},
        "sign_review": {"grant_id": "$response.body#/id"},
    },
)
def show_grant(call: Call, grant_id: str) -> GrantTold:
    """Poll it with If-None-Match: 304 while nothing is new."""
    with parts().store.read() as reader:
        return grant_told(reader, call.who, grant_seen(reader, call.who, grant_id))


@grants.post(
    "/grants/<grant_id>/end",
    "End access now",
    Door(scope=END, software=True),
    refusals=(409,),
    kept=False,
    limited=False,
)
def end_grant(call: Call, grant_id: str) -> GrantTold:
    """The holder hands back; others need a role, or software the scope. Ending what has ended is no error.

    It waits for nothing: no code, no limit, no kept answer.
    """
    with parts().store.read() as reader:
        holder = grant_seen(reader, call.who, grant_id).person_id
    with suppress(Conflict):  # it ended by another hand at the same moment
        _end(call, grant_id, holder)
    with parts().store.read() as reader:
        return grant_told(reader, call.who, grant_seen(reader, call.who, grant_id))


@grants.post(
    "/grants/<grant_id>/tokens/withdraw",
    "Withdraw every token of access",
    Door(scope=END),
    kept=False,
    limited=False,
)
def withdraw_grant_tokens(call: Call, grant_id: str) -> Done:
    """What software holds of it is dead at once; the access itself goes on. None left is no error."""
    wired, person = parts(), call.person
    return Done(count=withdraw_tokens(wired.store, wired.ledger, person, grant_id))


@grants.post(
    "/grants/<grant_id>/extensions",
    "Ask for more time",
    Door(scope="requests:write"),
    status=201,
    refusals=(409,),
    leads_to=GOES_ON,
)
def extend_grant(call: Call, grant_id: str, body: MoreTime) -> RequestTold:
    """A new request linked to live access of one's own; `grant` names the longer access where nobody must approve."""
    length = timedelta(minutes=body.minutes)
    person, confirmed = call.person, typed(call, body)
    return told(call, extend(parts().equipment, person, grant_id, length, submission(call), confirmed))


@grants.post(
    "/grants/<grant_id>/links", "Hand out a link", Door(scope="requests:write"), status=201, refusals=(409,)
)
def hand_out_link(call: Call, grant_id: str, body: Wanted) -> Link:
    """To one recording or record that one's own live access opens, for another device of the same person."""
    wired, person = parts(), call.person
    made_at = wired.clock.now()
    token = hand_out(wired.store, wired.ledger, wired.link_signer, person, grant_id, body.holding)
    with wired.store.read() as reader:
        ends_at = grant_seen(reader, call.who, grant_id).expires_at
    address = f"{wired.settings.base_url}/links/{token}"
    return Link(address=address, expires_at=min(ends_at, made_at + LINK_LIFETIME))


def _end(call: Call, grant_id: str, holder: str) -> None:
    person, equipment = call.who.person, parts().equipment
    if person is None:
        end(equipment, grant_id, Cause.ENDED_BY_SECURITY, actor=call.who.id)
    elif person.id == holder:
        hand_back(equipment, person, grant_id)
    else:
        revoke(equipment, person, grant_id)
