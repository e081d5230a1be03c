import re

import pytest

from broker.identity.people import Role
from tests.fakes.front import Browser, Front
from tests.fakes.past import Past

VIEW = re.compile(r'action="/history/views/(view_[0-9a-f]+)"')


@pytest.fixture
def reviewer(archive: Front) -> Browser:
    browser = archive.browser(archive.clinic.reviewer)
    browser.get("/history?break_glass=yes")
    return browser


def test_a_view_is_kept_under_a_name_and_is_an_address(past: Past, reviewer: Browser) -> None:
    """Saved from the page it shows, it stands above the form from then on, and the page goes by its name."""
    answer = reviewer.post("/history/views", {"break_glass": "yes", "name": "Broken glass"})
    assert answer.location == "/history?break_glass=yes"
    reviewer.get(answer.location)
    assert "<h1>History: Broken glass</h1>" in reviewer.page
    reviewer.get("/history")
    assert 'href="/history?break_glass=yes">Broken glass</a>' in reviewer.page


def test_a_view_is_renamed_and_removed(past: Past, reviewer: Browser) -> None:
    """By its owner, on the page of all views."""
    reviewer.post("/history/views", {"break_glass": "yes", "name": "Broken glass"})
    reviewer.get("/history/views")
    found = VIEW.search(reviewer.page)
    assert found is not None
    view = found.group(1)
    assert reviewer.post(f"/history/views/{view}", {f"name-{view}": "Louder"}).status_code == 303
    reviewer.get("/history/views")
    assert "Louder" in reviewer.page
    assert "Broken glass" not in reviewer.page
    assert reviewer.post(f"/history/views/{view}/remove").status_code == 303
    reviewer.get("/history/views")
    assert "None yet" in reviewer.page


def test_a_shared_view_is_seen_and_not_changed_by_others(
    past: Past, archive: Front, reviewer: Browser
) -> None:
    """Another reviewer finds it; a private one they do not; neither is theirs to change."""
    for name, shared in (("Nights", "yes"), ("Mine alone", "")):
        reviewer.post("/history/views", {"break_glass": "yes", "name": name, "shared": shared})
    reviewer.get("/history/views")
    views = VIEW.findall(reviewer.page)
    other = archive.browser(past.join("second-reviewer", Role.REVIEWER))
    other.get("/history/views")
    assert "Nights" in other.page
    assert "Shared by reviewer" in other.page
    assert "Mine alone" not in other.page
    assert not VIEW.search(other.page)
    for view in views:
        assert other.post(f"/history/views/{view}/remove").status_code == 404


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "Give the view a name"),
        ("x" * 61, "60 characters"),
        ("ada@clinic.example", "a mail address"),
        ("NIGHTS ", "of that name already"),
    ],
)
def test_a_name_that_will_not_do_is_told_and_kept_in_sight(
    past: Past, reviewer: Browser, name: str, words: str
) -> None:
    """Empty, too long, identifying or taken: the form comes back with what was typed and the question it is of."""
    reviewer.post("/history/views", {"break_glass": "yes", "name": "nights"})
    answer = reviewer.post("/history/views", {"break_glass": "yes", "name": name})
    assert answer.status_code == 422
    assert words in reviewer.page
    assert '<input type="hidden" name="break_glass" value="yes">' in reviewer.page


def test_a_new_name_that_will_not_do_is_told_at_its_view(past: Past, reviewer: Browser) -> None:
    """The view keeps its name."""
    for name in ("nights", "days"):
        reviewer.post("/history/views", {"break_glass": "yes", "name": name})
    reviewer.get("/history/views")
    view = VIEW.findall(reviewer.page)[0]
    assert reviewer.post(f"/history/views/{view}", {f"name-{view}": "nights"}).status_code == 422
    assert f'href="#field-name-{view}"' in reviewer.page
