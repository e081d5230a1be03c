"""One request as a line of a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from broker.access.request import AccessRequest, RequestState
from broker.identity.people import Person
from broker.policy.catalog import Catalog
from broker.policy.decision import Path
from broker.policy.durations import in_words
from broker.store import Reader
from broker.web.asking.request_page import state_now
from broker.web.telling.naming import name_of, patient_shown, title_of


@dataclass(frozen=True)
class RequestRow:
    id: str
    title: str
    patient: str
    who: str
    how_long: str
    reason: str
    state: RequestState
    broke_glass: bool
    asked_at: datetime
    closed_at: datetime | None
    lapses_at: datetime


def request_row(reader: Reader, catalog: Catalog, viewer: Person, request: AccessRequest) -> RequestRow:
    return RequestRow(
        id=request.id,
        title=title_of(catalog, request.entitlement),
        patient=patient_shown(reader, request.patient_id),
        who=name_of(reader, request.person_id, viewer),
        how_long=in_words(request.duration),
        reason=catalog.reasons.get(request.reason, request.reason),
        state=state_now(request, reader.at),
        broke_glass=request.path == Path.BREAK_GLASS,
        asked_at=request.asked_at,
        closed_at=request.closed_at,
        lapses_at=request.lapses_at,
    )
