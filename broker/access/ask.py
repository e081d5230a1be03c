"""Somebody asks: one form, one code, one commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from broker.access.equipment import Equipment, TypedCode
from broker.access.factor_wanted import short_of_policy
from broker.access.grant import Grant, grant_of_request
from broker.access.issue import issue
from broker.access.note_check import MAXIMUM_LENGTH, what_looks_identifying
from broker.access.override import check_danger, record_override
from broker.access.plan import AskForm, plan
from broker.access.prove import prove
from broker.access.request import AccessRequest, RequestState, insert_request, move_request, request_of
from broker.access.scope_digest import scope_digest
from broker.access.tables import access_requests
from broker.errors import Invalid, Refused
from broker.identity.factors.refusal import FactorRefused, Refusal
from broker.identity.factors.step_up import Action
from broker.identity.people import Person
from broker.ledger.entry import Entry
from broker.notes.note import About, NoteKind
from broker.notes.note_box import Fact
from broker.policy.decision import Path
from broker.store import Reader, Transaction


@dataclass(frozen=True)
class Asked:
    """What came of it; ``grant`` is there when nobody had to approve."""

    request: AccessRequest
    grant: Grant | None


def ask(equipment: Equipment, person: Person, form: AskForm, typed: TypedCode) -> Asked:
    """Record what ``person`` asks for and, where policy needs nobody else, grant it.

    Raises Invalid (``faults`` by field), Refused with policy's words, or
    FactorRefused when the code did not do. A form sent twice answers the same.
    """
    _check_note(form)
    try:
        outcome = _ask(equipment, person, form, typed)
    except (Invalid, Refused) as error:
        record_refusal(equipment, person, form.path, error)
        raise
    if isinstance(outcome, Refusal):
        raise FactorRefused(outcome)
    return outcome


def _ask(equipment: Equipment, person: Person, form: AskForm, typed: TypedCode) -> Asked | Refusal:
    with equipment.store.write() as tx:
        if earlier := sent_before(tx, person.id, form.submission):
            return earlier
        return plan_and_prove(tx, equipment, person, form, typed)


def record_refusal(equipment: Equipment, person: Person, path: Path, error: Invalid | Refused) -> None:
    """Leave an entry of what was asked for and is not given, once the transaction that refused it is over."""
    # Not the patient: what was typed may be anybody's id.
    fields = sorted(error.faults) if isinstance(error, Invalid) else []
    facts = {"path": str(path), "fields": fields}
    with equipment.store.write() as tx:
        equipment.ledger.append(tx, Entry("request.refused", person.id, subject=person.id, facts=facts))


def plan_and_prove(
    tx: Transaction, equipment: Equipment, person: Person, form: AskForm, typed: TypedCode
) -> Asked | Refusal:
    """Plan, take the code for exactly that plan, admit. A Refusal must be committed: it counts the failure."""
    if short := short_of_policy(equipment.catalog, form.entitlement, typed):
        return short
    try:
        planned = plan(tx, equipment, person, form)
    except (Invalid, Refused):
        # Why a plan fails tells who is a patient here, so it is told to nobody without the second factor.
        # What is raised rolls the use of a right code back: the corrected form takes the same one.
        proof = equipment.check_factor(tx, person.id, typed, Action("ask.refused"))
        if isinstance(proof, Refusal):
            return proof
        raise
    action = action_of(planned.request)
    proof = equipment.check_factor(tx, person.id, typed, action)
    if isinstance(proof, Refusal):
        return proof
    request = replace(planned.request, factor_method=str(proof.method), factor_at=proof.at)
    found = {"factor": dict(prove(proof, action)), "because": planned.because}
    return _admit(tx, equipment, request, form, found)


def action_of(request: AccessRequest) -> Action:
    """What the code is given for: another patient, path or thing needs another code."""
    about = {"patient": request.patient_id, "entitlement": request.entitlement, "purpose": request.purpose}
    about["extends"] = request.extends_grant or ""
    return Action(f"ask.{request.path}", about)


def _check_note(form: AskForm) -> None:
    if len(form.note) > MAXIMUM_LENGTH:
        raise Invalid("The note is too long.", {"note": f"Shorten the note to {MAXIMUM_LENGTH} characters."})
    if not form.note_confirmed and (found := what_looks_identifying(form.note)):
        words = ", ".join(found)
        fault = f"The note seems to hold {words}. Take it out, or confirm below that it identifies nobody."
        raise Invalid("The note may identify somebody.", {"note": fault})
    check_danger(form.danger, confirmed=form.note_confirmed)


def _admit(
    tx: Transaction, equipment: Equipment, request: AccessRequest, form: AskForm, found: Mapping[str, Any]
) -> Asked:
    insert_request(tx, request)
    kept = equipment.notes.write(
        tx, form.note.strip(), About(NoteKind.REQUEST, request.id, request.person_id)
    )
    equipment.ledger.append(tx, _asked(request, kept, found))
    if request.overrides_block:
        record_override(tx, equipment, request, form.danger)
    if request.approvals_needed > 0:
        return Asked(request, None)
    approved = move_request(tx, equipment.ledger, request, RequestState.APPROVED, _by_policy(request))
    return Asked(approved, issue(tx, equipment, approved, actor=request.person_id))


def sent_before(reader: Reader, person_id: str, submission: str) -> Asked | None:
    """What came of this very form when it was sent the first time, None when this is the first time."""
    own = (access_requests.c.person_id == person_id) & (access_requests.c.submission == submission)
    row = reader.one_or_none(select(access_requests).where(own))
    return None if row is None else Asked(request_of(row), grant_of_request(reader, row.id))


def _asked(request: AccessRequest, note: Fact | None, found: Mapping[str, Any]) -> Entry:
    facts = {
        "entitlement": request.entitlement,
        "patient": request.patient_id,
        "path": request.path,
        "purpose": request.purpose,
        "reason": request.reason,
        "note": note,
        "minutes": int(request.duration.total_seconds() // 60),
        "approvals_needed": request.approvals_needed,
        "lapses_at": request.lapses_at.isoformat(),
        "extends": request.extends_grant,
        # Its digest: a patient may have more recordings than an entry holds.
        "scope_sha256": scope_digest(request.scope),
        "policy": request.policy_digest,
        **found,
        **({"overrides_block": True} if request.overrides_block else {}),
    }
    return Entry(
        "request.asked", request.person_id, request=request.id, subject=request.person_id, facts=facts
    )


def _by_policy(request: AccessRequest) -> Entry:
    event = "request.broke_glass" if request.path == Path.BREAK_GLASS else "request.approved"
    facts = {"by": "policy", "policy": request.policy_digest, "path": request.path}
    return Entry(event, request.person_id, request=request.id, subject=request.person_id, facts=facts)
