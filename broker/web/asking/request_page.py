"""What the page of one request shows, computed for one viewer at one instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from broker.access.break_glass import may_break_glass_now
from broker.access.grant import Grant, GrantState, grant_of_request
from broker.access.override import asks_danger
from broker.access.request import AccessRequest, RequestState
from broker.notes.note import shown
from broker.policy.catalog import Catalog
from broker.policy.decision import Path
from broker.policy.durations import in_words
from broker.store import Reader
from broker.web.asking.request_choices import glass_terms
from broker.web.frame.unchanged import mark_of
from broker.web.telling.effective import effective_permissions
from broker.web.telling.naming import name_of, patient_shown, title_of
from broker.web.telling.step import Step
from broker.web.telling.story import Teller, request_story

_HEADINGS = {
    RequestState.PENDING: "Waiting for approval",
    RequestState.DENIED: "Denied",
    RequestState.WITHDRAWN: "Withdrawn",
    RequestState.LAPSED: "Lapsed: nobody answered in time",
}


@dataclass(frozen=True)
class RequestPage:
    """``state`` is what a reader should believe now: a request past its time is lapsed, swept or not."""

    id: str
    heading: str
    state: RequestState
    title: str
    patient: str
    person: str
    mine: bool
    permissions: tuple[str, ...]
    how_long: str
    purpose: str
    reason: str
    note: str
    lapses_at: datetime
    story: list[Step]
    grant: Grant | None
    grant_live: bool
    may_withdraw: bool
    may_break_glass: bool
    glass: str
    ask_danger: bool
    settled: bool
    mark: str


def request_page(teller: Teller, request: AccessRequest) -> RequestPage:
    reader, catalog = teller.reader, teller.catalog
    grant = grant_of_request(reader, request.id)
    state = state_now(request, reader.at)
    story = request_story(teller, request, grant)
    mine = request.person_id == teller.viewer.id
    breakable = mine and state is RequestState.PENDING and may_break_glass_now(request, reader)
    return RequestPage(
        id=request.id,
        heading=_heading(reader, request, state, grant),
        state=state,
        title=title_of(catalog, request.entitlement),
        patient=patient_shown(reader, request.patient_id),
        person=name_of(reader, request.person_id, teller.viewer),
        mine=mine,
        permissions=effective_permissions(reader, request),
        how_long=in_words(request.duration),
        purpose=catalog.purposes.get(request.purpose, request.purpose),
        reason=catalog.reasons.get(request.reason, request.reason),
        note=shown(teller.notes.note_of(reader, request.id)),
        lapses_at=request.lapses_at,
        story=story,
        grant=grant,
        grant_live=grant is not None and grant.is_live(reader.at),
        may_withdraw=mine and state is RequestState.PENDING,
        may_break_glass=breakable,
        glass=_glass(catalog, request) if breakable else "",
        ask_danger=breakable and asks_danger(reader, catalog, request.person_id),
        settled=state is not RequestState.PENDING and (grant is None or grant.state is GrantState.REVOKED),
        mark=mark_of(state, breakable, *((step.at, step.title) for step in story)),
    )


def state_now(request: AccessRequest, now: datetime) -> RequestState:
    late = request.is_pending and request.lapses_at <= now
    return RequestState.LAPSED if late else request.state


def _heading(reader: Reader, request: AccessRequest, state: RequestState, grant: Grant | None) -> str:
    if grant is None:
        return _HEADINGS.get(state, "Approved")
    began = "Glass broken" if request.path == Path.BREAK_GLASS else "Approved"
    if grant.is_effective(reader.at):
        return f"{began}: access is live"
    return f"{began}: waiting for the site" if grant.is_live(reader.at) else f"{began}: access has ended"


def _glass(catalog: Catalog, request: AccessRequest) -> str:
    entitlement = catalog.entitlements.get(request.entitlement)
    return glass_terms([entitlement.break_glass]) if entitlement and entitlement.break_glass else ""
