"""What looks odd: why, the grants behind it, and what a reviewer makes of it."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from broker.identity.people import Person, Role
from broker.review.oddities.kin_marks import known
from broker.review.oddities.listed import count_oddities, looked_at_lately, waiting_oddities
from broker.review.oddities.looked import mark_looked_at, open_review_of
from broker.web.frame.guard import me, signed_in
from broker.web.parts import parts

pages = Blueprint("oddities", __name__)


@pages.get("/oddities")
@pages.get("/oddities/<oddity_id>/looked-at", endpoint="back_from_look")
@pages.get("/oddities/<oddity_id>/review", endpoint="back_from_review")
@signed_in(Role.REVIEWER)
def overview(oddity_id: str = "") -> str:  # noqa: ARG001 - whoever had to sign in again comes back to the list
    with parts().store.read() as reader:
        catalog = parts().catalog
        return render_template(
            "pages/oddities/list.html",
            waiting=waiting_oddities(reader, catalog),
            lately=looked_at_lately(reader, catalog),
            kin_known=known(reader),
            rules=catalog.oddities,
            me=me(),
            now=reader.at,
        )


@pages.post("/oddities/<oddity_id>/looked-at")
@signed_in(Role.REVIEWER)
def look(oddity_id: str) -> Response:
    mark_looked_at(parts().equipment, me(), oddity_id, _seen(request.form.get("seen", "")))
    return make_response(redirect(url_for("oddities.overview"), 303))


@pages.post("/oddities/<oddity_id>/review")
@signed_in(Role.REVIEWER)
def review(oddity_id: str) -> Response:
    grant_id = request.form.get("grant", "")
    open_review_of(parts().equipment, me(), oddity_id, grant_id)
    return make_response(redirect(url_for("history.story", grant_id=grant_id), 303))


def waiting_count(_person: Person) -> int:
    """For the number beside the place in the navigation."""
    with parts().store.read() as reader:
        return count_oddities(reader)


def _seen(written: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None
