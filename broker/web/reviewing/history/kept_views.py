"""Saved views: a question kept under a name, which is an address."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from broker.errors import Conflict, Invalid
from broker.review.history.filters import Filters
from broker.review.history.views.kept import change_view, keep_view, let_go, views_for
from broker.web.frame.guard import me, signed_in
from broker.web.frame.typed import typed_before
from broker.web.parts import parts
from broker.web.reviewing.history.form import MAY_LOOK
from broker.web.telling.naming import name_of

pages = Blueprint("views", __name__)


@pages.get("/history/views")
@signed_in(*MAY_LOOK)
def overview() -> Response:
    return _page(request.args, typed_before(), {})


@pages.post("/history/views")
@signed_in(*MAY_LOOK)
def keep() -> Response:
    filters, typed = Filters.from_query(request.form), request.form.to_dict()
    try:
        with parts().store.write() as tx:
            shared = bool(typed.get("shared"))
            keep_view(tx, parts().ledger, me().id, typed.get("name", ""), filters, shared=shared)
    except Invalid as error:
        return _page(filters.to_query(), typed, error.faults)
    except Conflict as error:
        return _page(filters.to_query(), typed, {"": f"{error} {error.help}"})
    return make_response(redirect(url_for("history.grants", **filters.to_query()), 303))  # type: ignore[arg-type]


@pages.post("/history/views/<view_id>")
@signed_in(*MAY_LOOK)
def change(view_id: str) -> Response:
    typed, field = request.form.to_dict(), f"name-{view_id}"
    shared = bool(typed.get(f"shared-{view_id}"))
    try:
        with parts().store.write() as tx:
            change_view(tx, parts().ledger, me().id, view_id, typed.get(field, ""), shared=shared)
    except Invalid as error:
        return _page({}, typed, {field: " ".join(error.faults.values())})
    return _to_overview()


@pages.post("/history/views/<view_id>/remove")
@signed_in(*MAY_LOOK)
def remove(view_id: str) -> Response:
    with parts().store.write() as tx:
        let_go(tx, parts().ledger, me().id, view_id)
    return _to_overview()


@pages.get("/history/views/<view_id>")
@pages.get("/history/views/<view_id>/remove")
@signed_in(*MAY_LOOK)
def back(view_id: str) -> Response:  # noqa: ARG001 - the list is the same for all of them
    """Where somebody comes back to who had to sign in again."""
    return _to_overview()


def _to_overview() -> Response:
    return make_response(redirect(url_for("views.overview"), 303))


def _page(query: Mapping[str, str], values: Mapping[str, str], errors: Mapping[str, str]) -> Response:
    asked = Filters.from_query(query).to_query()
    with parts().store.read() as reader:
        views = views_for(reader, me().id)
        owners = {each.owner_id: name_of(reader, each.owner_id, me()) for each in views}
    body = render_template(
        "pages/history/views.html", views=views, owners=owners, asked=asked, values=values, errors=errors
    )
    return make_response(body, 422 if errors else 200)
