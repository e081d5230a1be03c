"""Access: whose, what it opens, more of it, a link to it, the end of it."""

from __future__ import annotations

from contextlib import suppress

from broker.access.grant import Cause
from broker.access.hand_back import hand_back
from broker.access.revoke import revoke
from broker.access.take_back import end
from broker.credentials.tokens.withdraw import withdraw_tokens
from broker.errors import Conflict
from broker.review.history.filters import Filters, Shown
from broker.review.history.page import history_page
from broker.web.api.frame.call import Call, Whose
from broker.web.api.frame.operation import Door, Family
from broker.web.api.frame.paging import Paging, begins_after, next_of, tell_next
from broker.web.api.frame.seeing import grant_seen
from broker.web.api.frame.shape import Done
from broker.web.api.holding.grant_shapes import GrantList, GrantTold
from broker.web.api.holding.grant_told import grant_row, grant_told
from broker.web.parts import parts

grants = Family("holding")
READ, END = "grants:read", "grants:end"


class WhichGrants(Paging):
    """``whose``: one's own, or everybody's where the caller oversees them. Software sees everybody's."""

    whose: Whose = Whose.MINE
    state: Shown | None = None


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


def _end(call: Call, grant_id: str, holder: str) -> None:
    person, equipment = call.who.person, parts().equipment
    if person is None:
        end(equipment, grant_id, Cause.ENDED_BY_SECURITY, actor=call.who.id)
    elif person.id == holder:
        hand_back(equipment, person, grant_id)
    else:
        revoke(equipment, person, grant_id)
