"""Legal holds, and erasing before its time: what is kept although it is due, and what goes although it is not."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from broker.errors import Conflict, Invalid
from broker.identity.people import Role
from broker.retention.before_time import (
    ErasureState,
    ask_erasure,
    confirm_erasure,
    list_erasures,
    refuse_erasure,
)
from broker.retention.erase import due_count
from broker.retention.hold import list_holds, place_hold, release_hold
from broker.retention.thing import ThingKind, find_thing
from broker.web.frame.guard import me, signed_in
from broker.web.frame.typed import typed_before
from broker.web.parts import parts
from broker.web.reviewing.keeping.called import names_of

pages = Blueprint("holds", __name__)

MAY_HOLD = (Role.REVIEWER, Role.ADMIN)
KINDS = [
    (ThingKind.PATIENT.value, "Patient"),
    (ThingKind.PERSON.value, "Person"),
    (ThingKind.GRANT.value, "Grant"),
    (ThingKind.REQUEST.value, "Request"),
]


@pages.get("/holds")
@signed_in(*MAY_HOLD)
def overview() -> Response:
    return _page(typed_before(), {})


@pages.post("/holds")
@signed_in(*MAY_HOLD)
def place() -> Response:
    """One form: a hold is placed, or an erasure asked for."""
    typed = request.form
    try:
        with parts().store.read() as reader:
            thing = find_thing(reader, _kind(typed.get("kind", "")), typed.get("thing", ""))
        if typed.get("act") == "erase":
            ask_erasure(parts().equipment, me(), thing, typed.get("reason", ""))
            return _back("asked")
        place_hold(parts().equipment, me(), thing, typed.get("reason", ""))
    except Invalid as error:
        return _page(typed, error.faults)
    return _back("placed")


@pages.post("/holds/<hold_id>/release")
@signed_in(*MAY_HOLD)
def release(hold_id: str) -> Response:
    try:
        release_hold(parts().equipment, me(), hold_id, request.form.get("reason", ""))
    except Conflict as error:
        return _page({}, {}, note=f"{error} {error.help}")
    except Invalid as error:
        return _page({}, {f"reason-{hold_id}": error.faults["reason"]})
    return _back("released")


@pages.post("/erasures/<erasure_id>/confirm")
@signed_in(*MAY_HOLD)
def confirm(erasure_id: str) -> Response:
    try:
        confirm_erasure(parts().equipment, me(), erasure_id)
    except Conflict as error:
        return _page({}, {}, note=f"{error} {error.help}")
    return _back("erased")


@pages.post("/erasures/<erasure_id>/refuse")
@signed_in(Role.REVIEWER)
def refuse(erasure_id: str) -> Response:
    try:
        refuse_erasure(parts().equipment, me(), erasure_id)
    except Conflict as error:
        return _page({}, {}, note=f"{error} {error.help}")
    return _back("refused")


@pages.get("/holds/<thing_id>/release")
@pages.get("/erasures/<thing_id>/confirm")
@pages.get("/erasures/<thing_id>/refuse")
@signed_in(*MAY_HOLD)
def back(thing_id: str) -> Response:  # noqa: ARG001 - the address names one, the page shows all of them
    """Whoever had to sign in again comes back to the list, and nothing is done for them."""
    return make_response(redirect(url_for("holds.overview"), 303))


_SAID = {
    "placed": "The hold stands. Nothing of it is erased until it is released.",
    "released": "Released. What is due is erased within ten minutes.",
    "asked": "Asked for. Another reviewer, or an administrator, has to confirm it.",
    "erased": "Erased. The ledger says so, and its proofs hold as before.",
    "refused": "Refused. Nothing was erased.",
}


def _back(said: str) -> Response:
    return make_response(redirect(url_for("holds.overview", said=said), 303))


def _page(values: Mapping[str, str], errors: Mapping[str, str], note: str = "") -> Response:
    with parts().store.read() as reader:
        holds, erasures = list_holds(reader), list_erasures(reader)
        keep = parts().catalog.keeping.notes
        body = render_template(
            "pages/holds/overview.html",
            standing=[each for each in holds if each.stands],
            released=[each for each in holds if not each.stands],
            waiting=[each for each in erasures if each.state is ErasureState.ASKED],
            settled=[each for each in erasures if each.state is not ErasureState.ASKED],
            names=names_of(reader, {each.thing for each in holds} | {each.thing for each in erasures}),
            keep=keep,
            due=due_count(reader, keep) if keep else None,
            kinds=KINDS,
            viewer=me(),
            may_erase=me().is_(Role.REVIEWER),
            note=note or _SAID.get(request.args.get("said", ""), ""),
            values=values,
            errors=errors,
        )
    return make_response(body, 422 if errors else 200)


def _kind(typed: str) -> ThingKind:
    try:
        return ThingKind(typed)
    except ValueError as error:
        raise Invalid("Nothing was done.", {"kind": "Choose what it is about."}) from error
