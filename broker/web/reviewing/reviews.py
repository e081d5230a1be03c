"""Reviews that are due, and signing one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from broker.errors import Invalid
from broker.identity.people import Person, Role
from broker.review.history.unconfirmed import Unconfirmed, unconfirmed_revocations
from broker.review.queue.open_reviews import OpenReview, count_open, open_reviews
from broker.review.queue.outcome import Outcome
from broker.review.queue.owed import Review, review_of
from broker.review.queue.sign_off import sign
from broker.revocation.reconcile.open_drifts import count_drifts
from broker.store import Reader
from broker.web.frame.guard import me, signed_in
from broker.web.frame.typed import typed_before
from broker.web.parts import parts
from broker.web.reviewing.review_story import story_page

pages = Blueprint("reviews", __name__)


@dataclass(frozen=True)
class Desk:
    """What a reviewer's and an administrator's start page says: what is due, and what looks odd."""

    due: int
    overdue: int
    unconfirmed: tuple[Unconfirmed, ...]
    differing: int


@pages.get("/reviews")
@signed_in(Role.REVIEWER)
def due() -> str:
    with parts().store.read() as reader:
        return render_template(
            "pages/reviews/due.html",
            reviews=_open(reader),
            count=count_open(reader),
            signed=_just_signed(reader),
            reasons=parts().catalog.reasons,
            purposes=parts().catalog.purposes,
        )


@pages.get("/reviews/<grant_id>")
@signed_in(Role.REVIEWER)
def one(grant_id: str) -> Response:
    """Where somebody comes back to who had to sign in again while signing."""
    return story_page(grant_id, values=typed_before())


@pages.post("/reviews/<grant_id>")
@signed_in(Role.REVIEWER)
def close(grant_id: str) -> Response:
    typed = request.form
    try:
        sign(
            parts().equipment,
            me(),
            grant_id,
            _outcome(typed),
            typed.get("note", ""),
            note_confirmed=bool(typed.get("note_confirmed")),
        )
    except Invalid as error:
        return story_page(grant_id, values=typed, errors=error.faults)
    return make_response(redirect(url_for("reviews.due", signed=grant_id), 303))


@pages.app_context_processor
def _for_start_pages() -> dict[str, object]:
    return {"desk": _desk}


def open_count(_person: Person) -> int:
    """For the number beside the place in the navigation."""
    with parts().store.read() as reader:
        return count_open(reader)


def _desk() -> Desk:
    with parts().store.read() as reader:
        first = _open(reader)
        stuck = unconfirmed_revocations(reader, parts().catalog)
        return Desk(count_open(reader), sum(each.overdue for each in first), stuck, count_drifts(reader))


def _open(reader: Reader) -> tuple[OpenReview, ...]:
    return open_reviews(reader, parts().catalog, parts().equipment.notes, me())


def _just_signed(reader: Reader) -> Review | None:
    """The review this person was sent back from; an address somebody made up shows nothing."""
    review = review_of(reader, request.args.get("signed", ""))
    return review if review is not None and review.signed_by == me().id else None


def _outcome(typed: Mapping[str, str]) -> Outcome:
    try:
        return Outcome(typed.get("outcome", ""))
    except ValueError as error:
        words = "Say what you found: appropriate, questionable or misuse."
        raise Invalid("Nothing was signed.", {"": words}) from error
