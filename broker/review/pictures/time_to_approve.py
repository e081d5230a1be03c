"""How long somebody in need waited for an approval."""

from __future__ import annotations

from itertools import accumulate

from sqlalchemy import case

from broker.access.tables import access_requests, grants
from broker.review.pictures.columns import HEIGHT, Column, draw_columns
from broker.review.pictures.counting import ALL, Question, epoch
from broker.review.pictures.drawing import Picture, cells, counted, share

# Minutes; the last column is everything longer.
BOUNDS = (1, 2, 5, 10, 30, 60)
LABELS = ("≤ 1 min", "≤ 2", "≤ 5", "≤ 10", "≤ 30", "≤ 60", "> 60")
LEGEND = {"plain": "Within ten minutes", "slow": "Later"}
_TITLE = "Time to approve"


def time_to_approve(question: Question) -> Picture:
    counts = _counts(question)
    whole = sum(counts)
    if not whole:
        return Picture("approving", _TITLE, "Nothing was approved by a person in this time.")
    return Picture(
        "approving",
        _TITLE,
        _finding(counts, whole),
        HEIGHT,
        draw_columns([_column(place, count, whole) for place, count in enumerate(counts)]),
        LEGEND,
        heads=("Answered", "Grants", "Share"),
        rows=tuple(cells(_named(place), f"{n:,}", share(n, whole)) for place, n in enumerate(counts)),
    )


def _counts(question: Question) -> list[int]:
    minutes = (epoch(grants.c.issued_at) - epoch(access_requests.c.asked_at)) / 60
    place = case(*((minutes <= bound, place) for place, bound in enumerate(BOUNDS)), else_=len(BOUNDS))
    waited = [access_requests.c.approvals_needed > 0]
    found = {row.place: row.grants for row in question.grouped([place.label("place")], ALL, where=waited)}
    return [found.get(place, 0) for place in range(len(LABELS))]


def _finding(counts: list[int], whole: int) -> str:
    half = next(place for place, so_far in enumerate(accumulate(counts)) if so_far * 2 >= whole)
    longest = "more than an hour" if half == len(BOUNDS) else f"up to {counted(BOUNDS[half], 'minute')}"
    if whole == 1:
        return f"The one approval took {longest}."
    said = f"Of {counted(whole, 'approval')}, half took {longest}."
    if half == len(BOUNDS):
        said = f"Of {counted(whole, 'approval')}, most took {longest}."
    return f"{said} {share(sum(counts[4:]), whole, none='None')} took longer than ten minutes."


def _column(place: int, count: int, whole: int) -> Column:
    says = f"{_named(place)}: {counted(count, 'grant')} ({share(count, whole)})"
    return Column(LABELS[place], count, f"{count:,}", says, "plain" if place < 4 else "slow")  # noqa: PLR2004


def _named(place: int) -> str:
    if place == len(BOUNDS):
        return "After more than an hour"
    if place == 0:
        return "Within a minute"
    return f"Within {BOUNDS[place]} minutes, after {BOUNDS[place - 1]}"
