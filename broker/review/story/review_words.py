"""What became of a grant's review, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from broker.review.story.seen import Seen, Words

_WHY_OPENED = {"odd": "A reviewer wanted it looked at, because something looked odd."}


def _opened(seen: Seen) -> Words:
    return Words("A review became due", _WHY_OPENED.get(str(seen.facts.get("because", "")), ""))


def _overdue(_seen: Seen) -> Words:
    return Words("The review was overdue", "The holder and the reviewers were told.", "stop")


def _assigned(seen: Seen) -> Words:
    to = seen.name(seen.facts["to"])
    match seen.facts["how"]:
        case "taken":
            return Words(f"{seen.actor} took the review")
        case "released":
            return Words("The review was put back for any reviewer", f"By {seen.actor}.")
        case "left":
            before = seen.name(seen.facts["before"])
            return Words("The review was put back for any reviewer", f"{before} reviews no more.")
        case _:
            return Words(f"{to} was asked to review it", f"By {seen.actor}.")


def _first_opinion(seen: Seen) -> Words:
    text = f"{_said(seen)} Another reviewer has to look as well.".strip()
    return Words(f"{seen.actor} reviewed it first: {seen.facts['outcome']}", text, _kind(seen))


def _second_asked(seen: Seen) -> Words:
    return Words(f"{seen.actor} asked for a second opinion", _said(seen))


def _signed(seen: Seen) -> Words:
    outcome = seen.facts["outcome"]
    if "agrees" not in seen.facts:
        return Words(f"{seen.actor} reviewed it: {outcome}", _said(seen), _kind(seen))
    how = "agreed" if seen.facts["agrees"] else "differed"
    return Words(f"{seen.actor} gave a second opinion and {how}: {outcome}", _said(seen), _kind(seen))


def _reopened(seen: Seen) -> Words:
    text = f"{_said(seen)} It had been found {seen.facts['earlier']}.".strip()
    return Words(f"{seen.actor} opened the review again", text)


def _overridden(seen: Seen) -> Words:
    overdue = seen.facts["overdue"]
    reviews = (
        "A review of earlier access was" if overdue == 1 else f"{overdue} reviews of earlier access were"
    )
    text = f"{reviews} overdue. Reviewers and administrators were told at once. {_said(seen)}".strip()
    return Words(f"{seen.actor} stated a danger to the patient to get in", text, "warn")


def _said(seen: Seen) -> str:
    return f"“{seen.note}”" if seen.note else ""


def _kind(seen: Seen) -> str:
    return "done" if seen.facts["outcome"] in {"appropriate", "drill"} else "stop"


def _looked_at(seen: Seen) -> Words:
    return Words(f"{seen.actor} looked at what seemed odd", str(seen.facts["signal"]).replace("_", " "))


REVIEW_WORDS: Mapping[str, Callable[[Seen], Words]] = {
    "review.opened": _opened,
    "review.overdue": _overdue,
    "review.assigned": _assigned,
    "review.first_opinion": _first_opinion,
    "review.second_asked": _second_asked,
    "review.signed": _signed,
    "review.reopened": _reopened,
    "review.block_overridden": _overridden,
    "oddity.looked_at": _looked_at,
}
