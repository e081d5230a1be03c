"""Whatever is counted, the drawing stays within its frame and to one scale."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.review.pictures.bars import Bar, draw_bars
from broker.review.pictures.columns import HEIGHT, Column, draw_columns
from broker.review.pictures.drawing import WIDTH, Mark, Rect, share, shortened

AMOUNTS = st.lists(st.integers(0, 10_000_000), min_size=1, max_size=30)


def rects(marks: Iterable[Mark]) -> list[Rect]:
    return [mark for mark in marks if isinstance(mark, Rect)]


@given(AMOUNTS)
def test_bars_stay_in_the_frame_and_keep_their_order(amounts: list[int]) -> None:
    """None is wider than the picture, none that counts something is invisible, and more is never drawn shorter."""
    bars = [Bar(f"{n}", f"{n}", (("plain", float(n)),), "") for n in amounts]
    height, marks = draw_bars(bars)
    assert height == 40 * len(bars)
    drawn = rects(marks)
    assert len(drawn) == sum(n > 0 for n in amounts)
    assert all(each.x >= 0 and each.x + each.width <= WIDTH + 0.01 and each.width > 0 for each in drawn)
    widths = [each.width for each in drawn]
    in_order = [n for n in amounts if n]
    assert all(
        (a <= b) == (x <= y + 1e-9) or abs(x - y) < 1e-9
        for a, x in zip(in_order, widths, strict=True)
        for b, y in zip(in_order, widths, strict=True)
    )


@given(AMOUNTS)
def test_columns_stand_on_one_line(amounts: list[int]) -> None:
    """All end at the same height, and the highest fits."""
    marks = draw_columns([Column("x", float(n), f"{n}", "") for n in amounts])
    feet = {round(each.y + each.height, 6) for each in rects(marks)}
    assert len(feet) <= 1
    assert all(each.y >= 0 and each.y + each.height <= HEIGHT for each in rects(marks))


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (0, 0, "0 %"),
        (0, 9, "0 %"),
        (1, 9999, "under 1 %"),
        (9998, 9999, "over 99 %"),
        (9, 9, "100 %"),
        (1, 3, "33 %"),
    ],
)
def test_a_share_never_says_none_or_all_of_what_is_not(part: int, whole: int, words: str) -> None:
    """Rounding hides neither the only one nor the missing one."""
    assert share(part, whole) == words


@given(st.text(max_size=80))
def test_a_long_name_is_cut_where_it_says_so(name: str) -> None:
    """A label fits, and what was cut ends in an ellipsis."""
    assert len(shortened(name)) <= 38
    assert shortened(name) == name or shortened(name).endswith("…")
