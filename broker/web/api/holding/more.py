"""More of live access: more time, and a link to what it opens for another device."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import Field

from broker.access.extend import extend
from broker.credentials.links.hand_out import LINK_LIFETIME, hand_out
from broker.web.api.asking.asking_body import submission
from broker.web.api.asking.request_told import RequestTold
from broker.web.api.asking.requests import GOES_ON, told
from broker.web.api.frame.call import Call
from broker.web.api.frame.factor import typed
from broker.web.api.frame.operation import Door, Family
from broker.web.api.frame.seeing import grant_seen
from broker.web.api.frame.shape import Confirmed, Given, Text, Told
from broker.web.parts import parts

more = Family("holding")


class MoreTime(Confirmed):
    minutes: int = Field(ge=1, le=10_080, examples=[15])


class Wanted(Given):
    """One of the access's ``holdings``."""

    holding: Text = Field(min_length=1, max_length=80, examples=["rec_0123456789abcdef0123"])


class Link(Told):
    """Opens once, for its holder alone, signed in. ``address`` is told this once and never written down."""

    address: str
    expires_at: datetime


@more.post(
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


@more.post(
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
