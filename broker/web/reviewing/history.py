"""Who had access to what: the filtered list, its file, and the story of one grant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from broker.errors import Invalid
from broker.identity.people import Role, everyone
from broker.patients.register import find_patient, patient_by_id
from broker.review.history.csv_export import csv_lines
from broker.review.history.filters import Filters, Shown
from broker.review.history.outside_changes import OutsideChange, outside_changes
from broker.review.history.page import HistoryPage, count_history, history_page
from broker.review.history.unconfirmed import Unconfirmed, unconfirmed_revocations
from broker.sites.register import list_sites
from broker.store import Reader
from broker.web.frame.guard import signed_in
from broker.web.frame.typed import typed_before
from broker.web.parts import parts
from broker.web.reviewing.review_story import story_page

pages = Blueprint("history", __name__)

MAY_LOOK = (Role.REVIEWER, Role.ADMIN)
NOTHING = HistoryPage((), None)


@dataclass(frozen=True)
class Choices:
    """What the lists of the form offer: (value, text) pairs, the first narrows nothing."""

    people: list[tuple[str, str]]
    sites: list[tuple[str, str]]
    states: list[tuple[str, str]]


@dataclass(frozen=True)
class Listed:
    """``query`` is the address of this very question; ``count`` is never more than MOST_COUNTED."""

    query: Mapping[str, str]
    page: HistoryPage
    count: int
    first_page: bool
    unconfirmed: tuple[Unconfirmed, ...]
    changes: tuple[OutsideChange, ...] = ()


@pages.get("/history")
@signed_in(*MAY_LOOK)
def grants() -> Response:
    values = typed_before()
    try:
        filters = Filters.from_query(request.args)
        with parts().store.read() as reader:
            listed = _listed(reader, filters, request.args.get("after"))
            values = values or _values(reader, filters)
            return _page(reader, listed, values, {})
    except Invalid as error:
        return _spoiled(error.faults, values or _without_ids(request.args))


@pages.post("/history")
@signed_in(*MAY_LOOK)
def narrow() -> Response:
    """Turn what was typed into our own ids, and go where the address holds nothing else."""
    typed = request.form.to_dict()
    try:
        with parts().store.read() as reader:
            filters = Filters.from_query({**typed, "patient": _patient_id(reader, typed.get("patient", ""))})
    except Invalid as error:
        return _spoiled(error.faults, typed)
    # The names of url_for's own options are not among the filters'.
    return make_response(redirect(url_for("history.grants", **filters.to_query()), 303))  # type: ignore[arg-type]


@pages.get("/history.csv")
@signed_in(*MAY_LOOK)
def download() -> Response:
    wired = parts()
    filters = Filters.from_query(request.args)
    lines = csv_lines(wired.store, wired.catalog, filters, wired.settings.zone)
    answer = Response(lines, mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="grant-history.csv"'
    return answer


@pages.get("/history/<grant_id>")
@signed_in(*MAY_LOOK)
def story(grant_id: str) -> Response:
    return story_page(grant_id)


def _listed(reader: Reader, filters: Filters, after: str | None) -> Listed:
    catalog, zone = parts().catalog, parts().settings.zone
    return Listed(
        query=filters.to_query(),
        page=history_page(reader, catalog, filters, zone, after=after),
        count=count_history(reader, filters, zone),
        first_page=after is None,
        unconfirmed=unconfirmed_revocations(reader, catalog),
        changes=outside_changes(reader, catalog, filters.site) if filters.site else (),
    )


def _spoiled(faults: Mapping[str, str], values: Mapping[str, str]) -> Response:
    with parts().store.read() as reader:
        answer = _page(reader, Listed({}, NOTHING, 0, True, ()), values, faults)
    answer.status_code = 422
    return answer


def _page(reader: Reader, listed: Listed, values: Mapping[str, str], errors: Mapping[str, str]) -> Response:
    body = render_template(
        "pages/history/list.html",
        listed=listed,
        choices=_choices(reader),
        values=values,
        errors=errors,
        now=reader.at,
        wide=True,
    )
    return make_response(body)


def _choices(reader: Reader) -> Choices:
    return Choices(
        people=[("", "Anybody"), *((each.id, f"{each.name} ({each.email})") for each in everyone(reader))],
        sites=[("", "Anywhere"), *((each.id, each.title) for each in list_sites(reader))],
        states=[("", "Any"), *((state.value, state.value.capitalize()) for state in Shown)],
    )


def _values(reader: Reader, filters: Filters) -> dict[str, str]:
    """The form as it was filled in for this address: a patient by the clinic's id, which the address does not hold."""
    patient = patient_by_id(reader, filters.patient) if filters.patient else None
    return {**filters.to_query(), "patient": patient.clinic_ref if patient else filters.patient or ""}


def _without_ids(query: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in query.items() if name in {"state", "from", "to", "break_glass"}}


def _patient_id(reader: Reader, typed: str) -> str:
    if not typed.strip():
        return ""
    patient = find_patient(reader, typed) or patient_by_id(reader, typed.strip())
    if patient is None:
        raise Invalid(
            "No such patient.", {"patient": "No patient is known here by this id. Check how it is written."}
        )
    return patient.id
