import html
import re

import pytest

from tests.fakes.front import Browser, Front
from tests.fakes.past import Past
from tests.web.reviewing.test_history import shown

FIGURE = re.compile(r'<figure class="picture" id="(\w+)".*?</figure>', re.DOTALL)
ROW = re.compile(r'<th role="rowheader".*?href="(/history\?[^"]*)".*?<span>([\d,]+)</span></td>', re.DOTALL)
NAMES = ["live", "overdue", "hours", "approving", "lateness", "purposes", "people"]


@pytest.fixture
def reviewer(archive: Front) -> Browser:
    return archive.browser(archive.clinic.reviewer)


def test_every_picture_has_words_a_drawing_and_a_table(past: Past, archive: Front) -> None:
    """Seven figures, each with a finding, an SVG that is named and described, and its numbers."""
    past.ended(past.ordinary())
    past.broken()
    past.clock.advance(hours=30)
    past.ordinary()
    reviewer = archive.browser(past.reviewer)
    assert reviewer.get("/history/pictures").status_code == 200
    figures = {found.group(1): found.group() for found in FIGURE.finditer(reviewer.page)}
    assert list(figures) == NAMES
    for name, figure in figures.items():
        assert "<figcaption>" in figure
        assert re.search(rf'<svg class="drawing"[^>]*aria-labelledby="{name}-title {name}-desc"', figure), (
            name
        )
        assert f'<desc id="{name}-desc">' in figure
        assert '<th role="rowheader"' in figure
    assert "style=" not in reviewer.page


def test_what_a_picture_counts_is_what_the_list_shows(past: Past, archive: Front) -> None:
    """Each row of each table leads to just as many grants as it says."""
    for _ in range(2):
        past.ended(past.ordinary())
        past.clock.advance(hours=11)
        past.broken(purpose="BTG")
    reviewer = archive.browser(past.reviewer)
    reviewer.get("/history/pictures")
    rows = [(name, *row) for name, figure in _figures(reviewer) for row in ROW.findall(figure)]
    assert {name for name, *_ in rows} == {"hours", "lateness", "purposes", "people"}
    for name, href, count in rows:
        state = "&state=revoked" if name == "lateness" else ""
        reviewer.get(html.unescape(href) + state)
        assert len(shown(reviewer)) == int(count), (name, href)


def test_no_history_is_said_and_not_drawn(past: Past, reviewer: Browser) -> None:
    """An empty time is seven sentences and no empty frame."""
    reviewer.get("/history/pictures?from=2001-01-01&to=2001-01-31")
    assert [name for name, _ in _figures(reviewer)] == NAMES
    assert 'class="drawing"' not in reviewer.page


def test_the_form_shows_pictures_when_asked(past: Past, reviewer: Browser) -> None:
    """One form for both: the same question as a list and as pictures, with no patient's id in the address."""
    past.ordinary()
    reviewer.get("/history")
    answer = reviewer.post("/history", {"patient": "P-1001", "show": "pictures"})
    assert answer.location == f"/history/pictures?patient={past.patient.id}"
    reviewer.get(answer.location)
    assert "1 grant" in reviewer.page


@pytest.mark.parametrize(
    "days",
    ["from=0001-01-01&to=9999-12-31", "to=9999-12-31", "from=9999-12-31", "from=0001-01-01", "to=0001-01-01"],
)
def test_the_ends_of_the_calendar_are_drawn_too(past: Past, reviewer: Browser, days: str) -> None:
    """No days that can be typed break a picture."""
    past.ended(past.ordinary())
    assert reviewer.get(f"/history/pictures?{days}").status_code == 200
    assert [name for name, _ in _figures(reviewer)] == NAMES


def test_a_spoiled_address_is_told(past: Past, reviewer: Browser) -> None:
    """Nothing is drawn of a question nobody asked."""
    assert reviewer.get("/history/pictures?earliest_hour=25&state=gone").status_code == 422
    assert 'href="#field-earliest_hour"' in reviewer.page
    assert FIGURE.search(reviewer.page) is None


def _figures(browser: Browser) -> list[tuple[str, str]]:
    return [(found.group(1), found.group()) for found in FIGURE.finditer(browser.page)]
