"""The filtered history as pictures, each with its table."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, request, url_for

from broker.review.history.filters import Filters
from broker.web.frame.guard import signed_in
from broker.web.reviewing.history.form import MAY_LOOK

pages = Blueprint("pictures", __name__)


@pages.get("/history/pictures")
@signed_in(*MAY_LOOK)
def show() -> Response:
    filters = Filters.from_query(request.args)
    return make_response(redirect(url_for("history.grants", **filters.to_query()), 303))  # type: ignore[arg-type]
