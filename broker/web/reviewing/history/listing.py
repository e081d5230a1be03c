"""Who had access to what: the filtered list, and the story of one grant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from broker.errors import Invalid
from broker.review.history.filters import Filters
from broker.review.history.outside_changes import OutsideChange, outside_changes
from broker.review.history.page import HistoryPage, count_history, history_page, most_counted
from broker.review.history.unconfirmed import Unconfirmed, unconfirmed_revocations
from broker.review.history.views.kept import View, views_for
from broker.store import Reader
from broker.web.frame.guard import me, signed_in
from broker.web.frame.typed import typed_before
from broker.web.parts import parts
from broker.web.reviewing.history.form import MAY_LOOK, choices, in_form, patient_id, without_ids
from broker.web.reviewing.review_story import story_page

pages = Blueprint("history", __name__)

NOTHING = HistoryPage((), None)


@dataclass(frozen=True)
class Listed:
    """``query`` is the address of this very question; ``count`` is never more than ``most``, which means "or more"."""

    query: Mapping[str, str]
    page: HistoryPage
    count: int
    most: int
    unconfirmed: tuple[Unconfirmed, ...]
    changes: tuple[OutsideChange, ...] = ()
    views: tuple[View, ...] = ()

    @property
    def view(self) -> View | None:
        """The kept view this very question is, if it is one."""
        return next((each for each in self.views if each.filters.to_query() == self.query), None)


@pages.get("/history")
@signed_in(*MAY_LOOK)
def grants() -> Response:
    values = typed_before()
    try:
        filters = Filters.from_query(request.args)
        with parts().store.read() as reader:
            listed = _listed(reader, filters)
            values = values or in_form(reader, filters)
            return _page(reader, listed, values, {})
    except Invalid as error:
        return _spoiled(error.faults, values or without_ids(request.args))


@pages.post("/history")
@signed_in(*MAY_LOOK)
def narrow() -> Response:
    """Turn what was typed into our own ids, and go where the address holds nothing else."""
    typed = request.form.to_dict()
    shown = "pictures.show" if typed.get("show") == "pictures" else "history.grants"
    try:
        with parts().store.read() as reader:
            filters = Filters.from_query({**typed, "patient": patient_id(reader, typed.get("patient", ""))})
    except Invalid as error:
        return _spoiled(error.faults, typed)
    # The names of url_for's own options are not among the filters'.
    return make_response(redirect(url_for(shown, **filters.to_query()), 303))  # type: ignore[arg-type]


@pages.get("/history/<grant_id>")
@signed_in(*MAY_LOOK)
def story(grant_id: str) -> Response:
    return story_page(grant_id)


def _listed(reader: Reader, filters: Filters) -> Listed:
    catalog, zone = parts().catalog, parts().settings.zone
    after, before = request.args.get("after"), request.args.get("before")
    return Listed(
        query=filters.to_query(),
        page=history_page(reader, catalog, filters, zone, after=after, before=before),
        count=count_history(reader, filters, zone),
        most=most_counted(filters),
        unconfirmed=unconfirmed_revocations(reader, catalog),
        changes=outside_changes(reader, catalog, filters.site) if filters.site else (),
        views=views_for(reader, me().id),
    )


def _spoiled(faults: Mapping[str, str], values: Mapping[str, str]) -> Response:
    with parts().store.read() as reader:
        answer = _page(reader, Listed({}, NOTHING, 0, 1, ()), values, faults)
    answer.status_code = 422
    return answer


def _page(reader: Reader, listed: Listed, values: Mapping[str, str], errors: Mapping[str, str]) -> Response:
    body = render_template(
        "pages/history/list.html",
        listed=listed,
        choices=choices(reader),
        values=values,
        errors=errors,
        now=reader.at,
        wide=True,
    )
    return make_response(body)
