"""Decide about a request: GET shows, POST decides, and nothing decides later on its own."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from broker.access.decide import SessionFactor, Verdict, decide, needs_code
from broker.access.equipment import TypedCode
from broker.access.request import get_request
from broker.errors import BrokerError, Conflict, Invalid, Refused
from broker.identity.factors.refusal import FactorRefused
from broker.web.deciding.decision_page import DecisionPage, decision_page, said_by
from broker.web.frame.acting import typed_code
from broker.web.frame.ask_to_wait import refused_with
from broker.web.frame.guard import me, session_now, signed_in
from broker.web.frame.passkeys import challenge
from broker.web.frame.typed import typed_before
from broker.web.holding.bring_to_life import bring_to_life
from broker.web.parts import parts
from broker.web.telling.opened import opened_on_site, site_to_ask
from broker.web.telling.seeing import request_for
from broker.web.telling.story import Teller

pages = Blueprint("decisions", __name__)

UNACCEPTED, FORBIDDEN, CONFLICT = 422, 403, 409
LONGEST_COMMENT = 500


@pages.get("/requests/<request_id>/decide")
@signed_in()
def show(request_id: str) -> Response:
    return _page(request_id, {"comment": typed_before().get("comment", "")}, {})


@pages.post("/requests/<request_id>/decide")
@signed_in()
def settle(request_id: str) -> Response:
    values = {"comment": request.form.get("comment", "")}
    verdict, faults = _read(values["comment"])
    factor = _factor(request_id)
    if factor is None:
        faults = {"code": "Enter the one-time code your app shows now.", **faults}
    if faults or verdict is None or factor is None:
        return _page(request_id, values, faults, UNACCEPTED)
    if _said_already(request_id) == verdict:
        return _to_page(request_id)  # the same button pressed twice
    try:
        decided = decide(parts().equipment, me(), request_id, verdict, values["comment"], factor)
    except (Invalid, Refused, Conflict) as error:
        asked = challenge(error) if isinstance(error, FactorRefused) else None
        page = asked or _page(request_id, values, *_fault(error))
        return refused_with(page, error) if isinstance(error, FactorRefused) else page
    bring_to_life(decided.grant)
    return _to_page(request_id)


def _read(comment: str) -> tuple[Verdict | None, dict[str, str]]:
    pressed = request.form.get("verdict", "")
    faults = {}
    if pressed not in {each.value for each in Verdict}:
        faults[""] = "Press Approve or Deny."
    if len(comment) > LONGEST_COMMENT:
        faults["comment"] = f"Shorten the comment to {LONGEST_COMMENT} characters."
    elif pressed == Verdict.DENY.value and not comment.strip():
        faults["comment"] = "Say in a few words why you deny this request."
    return (None if "" in faults else Verdict(pressed)), faults


def _factor(request_id: str) -> SessionFactor | TypedCode | None:
    """What is shown with the verdict: a code or passkey, or the sign-in while it is fresh; None when one is missing."""
    typed = typed_code()
    if not typed.is_empty:
        return typed
    own = _session_factor()
    with parts().store.read() as reader:
        wanted = request_for(reader, me(), request_id)
        stale = needs_code(parts().equipment, wanted, own, reader.at)
        # Where there is nothing to decide the page says so; nobody is asked for a code first.
        return None if stale and wanted.is_pending else own


def _session_factor() -> SessionFactor | None:
    now = session_now()
    if now is None or now.mfa_at is None or now.mfa_method is None:
        return None
    return SessionFactor(now.mfa_method.value, now.mfa_at)


def _said_already(request_id: str) -> str:
    with parts().store.read() as reader:
        return said_by(reader, get_request(reader, request_id).id, me().id)


def _fault(error: BrokerError) -> tuple[dict[str, str], int]:
    if isinstance(error, Invalid):
        return error.faults or {"": str(error)}, UNACCEPTED
    if isinstance(error, FactorRefused):
        return {"code": str(error)}, UNACCEPTED
    status = CONFLICT if isinstance(error, Conflict) else FORBIDDEN
    return {"": f"{error} {error.help}"}, status


def _to_page(request_id: str) -> Response:
    return make_response(redirect(url_for("decisions.show", request_id=request_id), 303))


def _look(request_id: str) -> DecisionPage:
    viewer, equipment = me(), parts().equipment
    with parts().store.read() as reader:
        found = request_for(reader, viewer, request_id)
        page = decision_page(
            Teller(reader, parts().catalog, viewer, parts().equipment.notes),
            equipment,
            found,
            _session_factor(),
        )
        site = None if page.why_not else site_to_ask(reader, found)
    return replace(page, opened=opened_on_site(equipment, site, found.scope)) if site else page


def _page(request_id: str, values: dict[str, str], errors: dict[str, str], status: int = 200) -> Response:
    page = _look(request_id)
    # A code typed wrongly must be typed again, even where the sign-in alone would have done.
    body = render_template(
        "pages/decisions/show.html",
        page=page,
        values=values,
        errors=errors,
        asks_code=page.asks_code or "code" in errors,
        longest_comment=LONGEST_COMMENT,
    )
    return make_response(body, status)
