"""What surrounds every page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from broker.identity.people import Role
from broker.web.frame.shell import LiveAccess, show_count, show_live
from tests.web.house import House, visible


def test_a_demo_says_so_on_every_page(house_with: Callable[..., House], house: House):
    """Loudly, also on error pages; and a real broker never does."""
    demo = house_with(demo=True)
    for path in ("/sign-in", "/nowhere"):
        assert "Nobody here is a real patient." in visible(demo.browser().get(path))
        assert "Nobody here is a real patient." not in visible(house.browser().get(path))


def test_a_demo_answers_to_both_names_of_this_machine(house_with: Callable[..., House], house: House):
    """People type localhost; a real broker answers to its own name only."""
    demo, names = house_with(demo=True).browser(), house.browser()
    demo.base_url = names.base_url = "http://localhost:8000"
    assert demo.get("/sign-in").status_code == 200
    assert names.get("/sign-in").status_code == 400


def test_live_access_is_on_every_page_of_its_holder(house: House):
    """What, which patient, until when, how long still, and the way to end it; also beside an error."""
    holder, other = house.someone("ada", Role.CLINICIAN), house.someone("bob", Role.CLINICIAN)
    ends_at = house.clock.now() + timedelta(minutes=30)
    access = LiveAccess("Recording", "PAT-1042", ends_at, "/form", "/things/t_1/end", None, False, True)
    show_live(house.app, lambda person: [access] if person.id == holder.id else [])
    hers, his = house.browser(), house.browser()
    house.sign_in(hers, holder)
    house.sign_in(his, other)
    for path in ("/form", "/nowhere", "/sessions"):
        words = visible(hers.get(path))
        for part in ("Recording", "PAT-1042", "Waiting for the site to confirm", "Glass broken", "End now"):
            assert part in words
        assert "minutes left" in words
        assert "Extend" not in words
        assert "PAT-1042" not in visible(his.get(path))


def test_the_navigation_shows_what_is_for_the_role(house: House):
    """Places of other roles are not offered; a count stands beside what waits."""
    someone, browser = house.someone("ada", Role.APPROVER), house.browser()
    show_count(house.app, "sessions.overview", lambda _person: 3)
    house.sign_in(browser, someone)
    words = visible(browser.get("/form"))
    assert "Your account 3" in words
    assert "Sites" not in words


def test_the_page_one_is_on_is_marked(house: House):
    """For eyes and for ears."""
    browser = house.browser()
    house.sign_in(browser, house.someone())
    assert 'href="/sessions" aria-current="page"' in browser.get("/sessions").text
