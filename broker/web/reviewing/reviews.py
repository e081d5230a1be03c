"""Reviews that are due: the list, and what is done with one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from broker.access.equipment import Equipment
from broker.errors import Invalid
from broker.identity.people import Person, Role
from broker.review.queue.assign import assign
from broker.review.queue.open_reviews import count_open
from broker.review.queue.outcome import Outcome
from broker.review.queue.owed import Review, review_of
from broker.review.queue.reopen import ask_second_opinion, reopen
from broker.review.queue.sign_off import sign
from broker.store import Reader
from broker.web.frame.guard import me, signed_in
from broker.web.frame.typed import typed_before
from broker.web.parts import parts
from broker.web.reviewing.due_page import due_page
from broker.web.reviewing.review_story import story_page

pages = Blueprint("reviews", __name__)


@pages.get("/reviews")
@signed_in(Role.REVIEWER)
def due() -> str:
    with parts().store.read() as reader:
        return render_template(
            "pages/reviews/due.html",
            due=due_page(reader, me(), request.args),
            me=me(),
            signed=_just_signed(reader),
            reasons=parts().catalog.reasons,
            purposes=parts().catalog.purposes,
        )


@pages.get("/reviews/<grant_id>")
@pages.get("/reviews/<grant_id>/assign", endpoint="back_from_assign")
@pages.get("/reviews/<grant_id>/reopen", endpoint="back_from_reopen")
@signed_in(Role.REVIEWER)
def one(grant_id: str) -> Response:
    """Where somebody comes back to who had to sign in again on the way."""
    return story_page(grant_id, values=typed_before())


@pages.post("/reviews/<grant_id>")
@signed_in(Role.REVIEWER)
def close(grant_id: str) -> Response:
    typed = request.form

    def act(equipment: Equipment) -> None:
        sign(
            equipment,
            me(),
            grant_id,
            _outcome(typed),
            typed.get("note", ""),
            note_confirmed=bool(typed.get("note_confirmed")),
            ask_another=bool(typed.get("ask_another")),
            turn=_turn(typed),
        )

    return _done(grant_id, act, url_for("reviews.due", signed=grant_id))


@pages.post("/reviews/<grant_id>/assign")
@signed_in(Role.REVIEWER)
def give(grant_id: str) -> Response:
    to = request.form.get("to", "")
    whom = me().id if to == "me" else to or None
    there = url_for("reviews.due") if request.form.get("from") == "list" else _story(grant_id)
    return _done(grant_id, lambda equipment: assign(equipment, me(), grant_id, whom), there)


@pages.post("/reviews/<grant_id>/reopen")
@signed_in(Role.REVIEWER)
def again(grant_id: str) -> Response:
    typed = request.form
    verb = ask_second_opinion if typed.get("act") == "second" else reopen
    confirmed = bool(typed.get("reason_confirmed"))
    return _done(
        grant_id,
        lambda equipment: verb(equipment, me(), grant_id, typed.get("reason", ""), note_confirmed=confirmed),
        _story(grant_id),
    )


def open_count(_person: Person) -> int:
    """For the number beside the place in the navigation."""
    with parts().store.read() as reader:
        return count_open(reader)


def _done(grant_id: str, act: Callable[[Equipment], object], there: str) -> Response:
    try:
        act(parts().equipment)
    except Invalid as error:
        return story_page(grant_id, values=request.form, errors=error.faults)
    return make_response(redirect(there, 303))


def _story(grant_id: str) -> str:
    return url_for("history.story", grant_id=grant_id)


def _just_signed(reader: Reader) -> Review | None:
    """The review this person was sent back from; an address somebody made up shows nothing."""
    review = review_of(reader, request.args.get("signed", ""))
    if review is None:
        return None
    by = review.first_by if review.is_open else review.signed_by
    return review if by == me().id else None


def _turn(typed: Mapping[str, str]) -> int | None:
    written = typed.get("turn", "")
    return (
        int(written) if written.isascii() and written.isdecimal() and len(written) < len("100000") else None
    )


def _outcome(typed: Mapping[str, str]) -> Outcome:
    try:
        return Outcome(typed.get("outcome", ""))
    except ValueError as error:
        words = "Say what you found: appropriate, questionable, misuse, or a drill."
        raise Invalid("Nothing was signed.", {"": words}) from error
