"""What an approver sees before deciding, and what anybody sees afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from broker.access.decide import SessionFactor, check_may_decide, needs_code, verdicts
from broker.access.enforceable import limits_on
from broker.access.equipment import Equipment
from broker.access.grant import Grant, grant_of_request
from broker.access.request import AccessRequest, RequestState
from broker.errors import Conflict, Refused
from broker.notes.note import shown
from broker.policy.durations import in_words
from broker.store import Reader
from broker.web.asking.request_page import state_now
from broker.web.telling.effective import effective_permissions
from broker.web.telling.naming import name_of, patient_shown, title_of
from broker.web.telling.opened import Opened
from broker.web.telling.step import Step
from broker.web.telling.story import Teller, answers, request_story

SHORT_DIGEST = 12


@dataclass(frozen=True)
class DecisionPage:
    """``limits`` are what the site cannot promise. ``why_not`` is empty while this viewer may decide; ``said`` is their own verdict, empty before it.

    ``opened`` is what the site itself says of the scope, while there is something to decide.
    """

    id: str
    state: RequestState
    who: str
    patient: str
    title: str
    permissions: tuple[str, ...]
    limits: tuple[str, ...]
    how_long: str
    purpose: str
    reason: str
    note: str
    policy: str
    asked_at: datetime
    lapses_at: datetime
    approvals_needed: int
    why_not: str
    why_not_help: str
    asks_code: bool
    said: str
    answers: tuple[Step, ...]
    story: list[Step]
    grant: Grant | None
    grant_live: bool
    opened: Opened | None = None


def decision_page(
    teller: Teller, equipment: Equipment, request: AccessRequest, factor: SessionFactor | None
) -> DecisionPage:
    reader, catalog = teller.reader, teller.catalog
    grant = grant_of_request(reader, request.id)
    why_not, help_ = _why_not(teller, equipment, request)
    return DecisionPage(
        id=request.id,
        state=state_now(request, reader.at),
        who=name_of(reader, request.person_id, teller.viewer),
        patient=patient_shown(reader, request.patient_id),
        title=title_of(catalog, request.entitlement),
        permissions=effective_permissions(reader, request),
        limits=limits_on(reader, request.site_id),
        how_long=in_words(request.duration),
        purpose=catalog.purposes.get(request.purpose, request.purpose),
        reason=catalog.reasons.get(request.reason, request.reason),
        note=shown(teller.notes.note_of(reader, request.id)),
        policy=f"{request.entitlement}, version {request.policy_digest[:SHORT_DIGEST]}",
        asked_at=request.asked_at,
        lapses_at=request.lapses_at,
        approvals_needed=request.approvals_needed,
        why_not=why_not,
        why_not_help=help_,
        asks_code=not why_not and needs_code(equipment, request, factor, reader.at),
        said=said_by(reader, request.id, teller.viewer.id),
        answers=tuple(answers(teller, request)),
        story=request_story(teller, request, grant),
        grant=grant,
        grant_live=grant is not None and grant.is_live(reader.at),
    )


def said_by(reader: Reader, request_id: str, person_id: str) -> str:
    """What a person answered, empty when they gave no verdict."""
    return next(
        (str(row.verdict) for row in verdicts(reader, request_id) if row.approver_id == person_id), ""
    )


def _why_not(teller: Teller, equipment: Equipment, request: AccessRequest) -> tuple[str, str]:
    try:
        check_may_decide(teller.reader, equipment, teller.viewer, request)
    except (Refused, Conflict) as no:
        return str(no), no.help
    return "", ""
