"""The filtered history as pictures, each with its table."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request, url_for

from broker.errors import Invalid
from broker.review.history.filters import Filters
from broker.review.pictures.counting import Question
from broker.review.pictures.drawing import Picture
from broker.review.pictures.hours import by_hour
from broker.review.pictures.lately import lately
from broker.review.pictures.lateness import lateness
from broker.review.pictures.live import live_now
from broker.review.pictures.overdue import overdue_reviews
from broker.review.pictures.time_to_approve import time_to_approve
from broker.review.pictures.who_and_why import by_person, by_purpose
from broker.store import Reader
from broker.web.frame.guard import signed_in
from broker.web.parts import parts
from broker.web.reviewing.history.form import MAY_LOOK, choices, in_form, without_ids

pages = Blueprint("pictures", __name__)


@pages.get("/history/pictures")
@signed_in(*MAY_LOOK)
def show() -> Response:
    """Of the last 90 days, where the address names none; of fewer where there is very much."""
    with parts().store.read() as reader:
        try:
            filters = lately(reader, Filters.from_query(request.args), parts().settings.zone)
        except Invalid as error:
            return _page(reader, None, without_ids(request.args), error.faults)
        return _page(reader, filters, in_form(reader, filters), {})


def pictures_of(reader: Reader, filters: Filters) -> list[Picture]:
    """What is going on now first, then habits: lately, where ``filters`` name no days."""
    catalog, zone = parts().catalog, parts().settings.zone
    question = Question(reader, lately(reader, filters, zone), zone)
    return [
        live_now(question, catalog, _story),
        overdue_reviews(question, catalog, _story),
        by_hour(question, _list),
        time_to_approve(question),
        lateness(question, _list),
        by_purpose(question, catalog, _list),
        by_person(question, _list),
    ]


def _page(
    reader: Reader, filters: Filters | None, values: dict[str, str], errors: dict[str, str]
) -> Response:
    body = render_template(
        "pages/history/pictures.html",
        drawn=pictures_of(reader, filters) if filters else [],
        query=filters.to_query() if filters else {},
        choices=choices(reader),
        values=values,
        errors=errors,
        wide=True,
    )
    return make_response(body, 422 if errors else 200)


def _list(filters: Filters) -> str:
    return url_for("history.grants", **filters.to_query())  # type: ignore[arg-type]  # the names are no options of url_for


def _story(grant_id: str) -> str:
    return url_for("history.story", grant_id=grant_id)
