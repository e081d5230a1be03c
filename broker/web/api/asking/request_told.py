"""A request as the API tells it, to one caller at one instant."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from broker.access.break_glass import may_break_glass_now
from broker.access.decide import Verdict, check_may_decide, verdicts
from broker.access.enforceable import limits_on
from broker.access.grant import grant_of_request
from broker.access.request import AccessRequest, RequestState
from broker.errors import Conflict, NotFound, Refused
from broker.identity.people import by_id
from broker.notes.note import shown
from broker.policy.decision import Path
from broker.store import Reader
from broker.web.api.asking.offers import minutes
from broker.web.api.frame.call import Who
from broker.web.api.frame.paging import Page
from broker.web.api.frame.shape import Named, Told
from broker.web.asking.request_page import state_now
from broker.web.parts import parts
from broker.web.telling.effective import effective_permissions
from broker.web.telling.naming import patient_shown, title_of


class RequestAct(StrEnum):
    """What the caller may do about a request now."""

    WITHDRAW = "withdraw"
    BREAK_GLASS = "break-glass"
    DECIDE = "decide"


class SaidOfIt(Told):
    """One approver's answer."""

    by: Named
    verdict: Verdict
    comment: str
    at: datetime


class RequestRow(Told):
    """A request as a line of a list. ``patient`` is the clinic's own opaque id."""

    id: str = Field(examples=["req_0123456789abcdef0123"])
    state: RequestState
    path: Path
    entitlement: str = Field(examples=["telehealth-recording"])
    title: str
    patient: str = Field(examples=["P-0000"])
    person: Named
    purpose: str = Field(examples=["ETREAT"])
    reason: str = Field(examples=["unresponsive"])
    minutes: int = Field(examples=[15])
    asked_at: datetime
    lapses_at: datetime
    closed_at: datetime | None


class RequestTold(RequestRow):
    """All of a request. ``may`` is what the caller can do about it now; ``grant`` the access that came of it."""

    note: str
    permissions: list[str]
    limits: list[str] = Field(description="what the site cannot promise of it")
    approvals_needed: int
    answers: list[SaidOfIt]
    break_glass_after: datetime | None
    extends: str | None
    grant: str | None = Field(examples=["grant_0123456789abcdef0123"])
    may: list[RequestAct]


class RequestList(Page):
    items: list[RequestRow]


def request_row(reader: Reader, request: AccessRequest) -> RequestRow:
    return RequestRow(**_row(reader, request))


def request_told(reader: Reader, who: Who, request: AccessRequest) -> RequestTold:
    grant, notes = grant_of_request(reader, request.id), parts().equipment.notes
    said = notes.comments_on(reader, request.id)
    return RequestTold(
        **_row(reader, request),
        note=shown(notes.note_of(reader, request.id)),
        permissions=list(effective_permissions(reader, request)),
        limits=list(limits_on(reader, request.site_id)),
        approvals_needed=request.approvals_needed,
        answers=[
            SaidOfIt(
                by=named(reader, row.approver_id),
                verdict=row.verdict,
                comment=shown(said.get(row.approver_id)),
                at=row.at,
            )
            for row in verdicts(reader, request.id)
        ],
        break_glass_after=request.break_glass_after,
        extends=request.extends_grant,
        grant=grant.id if grant else None,
        may=_may(reader, who, request),
    )


def named(reader: Reader, person_id: str) -> Named:
    """A person, or a piece of software, by what they are called."""
    try:
        return Named(id=person_id, name=by_id(reader, person_id).name)
    except NotFound:
        return Named(id=person_id, name=person_id)


def _row(reader: Reader, request: AccessRequest) -> dict[str, object]:
    return {
        "id": request.id,
        "state": state_now(request, reader.at),
        "path": request.path,
        "entitlement": request.entitlement,
        "title": title_of(parts().catalog, request.entitlement),
        "patient": patient_shown(reader, request.patient_id),
        "person": named(reader, request.person_id),
        "purpose": request.purpose,
        "reason": request.reason,
        "minutes": minutes(request.duration),
        "asked_at": request.asked_at,
        "lapses_at": request.lapses_at,
        "closed_at": request.closed_at,
    }


def _may(reader: Reader, who: Who, request: AccessRequest) -> list[RequestAct]:
    person, open_ = who.person, state_now(request, reader.at) is RequestState.PENDING
    if person is None or not open_:
        return []
    if request.person_id == person.id:
        breakable = [RequestAct.BREAK_GLASS] if may_break_glass_now(request, reader) else []
        return [RequestAct.WITHDRAW, *breakable]
    try:
        check_may_decide(reader, parts().equipment, person, request)
    except (Refused, Conflict):
        return []
    return [RequestAct.DECIDE]
