"""Vouch for a colleague who lost what they confirm with: talk to them, compare, confirm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from broker.errors import Conflict, Invalid, Refused
from broker.identity.factors.lost.reset import Reset, ResetState, get_reset, open_resets
from broker.identity.factors.lost.vouch import check_may_vouch, refuse_help
from broker.identity.factors.refusal import FactorRefused
from broker.identity.people import Person, Role, by_id
from broker.store import Reader
from broker.web.deciding import vouching
from broker.web.frame.acting import typed_code
from broker.web.frame.ask_to_wait import refused_with
from broker.web.frame.guard import me, signed_in
from broker.web.frame.passkeys import challenge
from broker.web.frame.typed import typed_before
from broker.web.parts import parts

pages = Blueprint("pleas", __name__)

UNACCEPTED, FORBIDDEN, CONFLICT = 422, 403, 409


@dataclass(frozen=True)
class PleaRow:
    """One line of what waits for an approver."""

    id: str
    who: str
    asked_at: datetime
    lapses_at: datetime


def pleas_for(reader: Reader, approver: Person) -> tuple[PleaRow, ...]:
    """What waits for this approver's word; nobody's own."""
    if not approver.is_(Role.APPROVER):
        return ()
    waiting = [each for each in open_resets(reader) if each.state is ResetState.ASKED]
    return tuple(
        PleaRow(each.id, by_id(reader, each.person_id).name, each.asked_at, each.lapses_at)
        for each in waiting
        if each.person_id != approver.id
    )


@pages.get("/pleas/<plea_id>")
@signed_in(Role.APPROVER)
def show(plea_id: str) -> Response:
    return _page(plea_id, {"spoken": typed_before().get("spoken", "")}, {})


@pages.post("/pleas/<plea_id>/vouch")
@signed_in(Role.APPROVER)
def vouch_for(plea_id: str) -> Response:
    spoken, typed = request.form.get("spoken", ""), typed_code()
    values = {"spoken": spoken}
    faults = {} if spoken.strip() else {"spoken": "Enter the code they read to you."}
    if typed.is_empty:
        faults["code"] = "Enter the one-time code your app shows now."
    if faults:
        return _page(plea_id, values, faults, UNACCEPTED)
    try:
        vouching.vouch_for(me(), plea_id, spoken, typed)
    except Invalid as error:
        return _page(plea_id, values, error.faults, UNACCEPTED)
    except FactorRefused as refused:
        return challenge(refused) or refused_with(
            _page(plea_id, values, {"code": str(refused)}, UNACCEPTED), refused
        )
    except (Refused, Conflict) as error:
        return _page(plea_id, values, *_said(error))
    return _to_page(plea_id)


@pages.post("/pleas/<plea_id>/refuse")
@signed_in(Role.APPROVER)
def refuse(plea_id: str) -> Response:
    try:
        with parts().store.write() as tx:
            refuse_help(tx, parts().ledger, me(), plea_id)
    except (Refused, Conflict) as error:
        return _page(plea_id, {}, *_said(error))
    return _to_page(plea_id)


@pages.get("/pleas/<plea_id>/vouch", endpoint="back_from_vouch")
@pages.get("/pleas/<plea_id>/refuse", endpoint="back_from_refuse")
@signed_in(Role.APPROVER)
def back(plea_id: str) -> Response:
    """Whoever had to sign in again before an act comes back to its page, and nothing is done for them."""
    return _to_page(plea_id)


def _said(error: Refused | Conflict) -> tuple[dict[str, str], int]:
    return {"": f"{error} {error.help}"}, CONFLICT if isinstance(error, Conflict) else FORBIDDEN


def _page(plea_id: str, values: dict[str, str], errors: dict[str, str], status: int = 200) -> Response:
    with parts().store.read() as reader:
        plea = get_reset(reader, plea_id)
        page = render_template(
            "pages/pleas/show.html",
            plea=plea,
            state=plea.state_at(reader.at),
            who=by_id(reader, plea.person_id),
            by=by_id(reader, plea.decided_by).name if plea.decided_by else "",
            why_not=_why_not(reader, plea),
            values=values,
            errors=errors,
        )
    return make_response(page, status)


def _why_not(reader: Reader, plea: Reset) -> str:
    try:
        check_may_vouch(reader, me(), plea)
    except Refused as refused:
        return f"{refused} {refused.help}"
    return ""


def _to_page(plea_id: str) -> Response:
    return make_response(redirect(url_for("pleas.show", plea_id=plea_id), 303))
