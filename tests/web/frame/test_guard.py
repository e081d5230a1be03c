"""Which pages are open to whom."""

from __future__ import annotations

from sqlalchemy import event

from broker.identity.people import Role, set_roles
from broker.identity.sessions.sessions import IDLE_LIMIT
from tests.web.house import House, visible


def test_a_page_for_one_role_is_closed_to_the_others(house: House):
    """The refusal says which role it takes."""
    clinician, browser = house.someone("ada", Role.CLINICIAN), house.browser()
    house.sign_in(browser, clinician)
    answer = browser.get("/reviewers-only")
    assert answer.status_code == 403
    assert "reviewer" in visible(answer)


def test_a_role_taken_away_counts_at_the_next_request(house: House):
    """Nobody keeps a right because their session is older than the change."""
    someone, browser = house.someone("ada", Role.REVIEWER), house.browser()
    house.sign_in(browser, someone)
    assert browser.get("/reviewers-only").status_code == 200
    with house.parts.store.write() as tx:
        set_roles(tx, house.parts.ledger, someone.id, [Role.CLINICIAN], actor="setup")
    assert browser.get("/reviewers-only").status_code == 403


def test_a_session_in_use_lives_and_an_idle_one_ends(house: House):
    """Every use counts, although not every use is written."""
    someone, browser = house.someone(), house.browser()
    house.sign_in(browser, someone)
    for _ in range(4):
        house.clock.advance(seconds=IDLE_LIMIT.total_seconds() * 0.7)
        assert browser.get("/form").status_code == 200
    house.clock.advance(seconds=IDLE_LIMIT.total_seconds() + 1)
    assert browser.get("/form").status_code == 303


def test_looking_twice_within_a_minute_writes_nothing(house: House):
    """A page that is only read does not queue behind the writers."""
    someone, browser = house.someone(), house.browser()
    house.sign_in(browser, someone)
    browser.get("/form")
    written: list[str] = []

    def watch(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        written.extend(
            [statement] if statement.split(maxsplit=1)[0] in {"UPDATE", "INSERT", "DELETE"} else []
        )

    event.listen(house.parts.store.engine, "before_cursor_execute", watch)
    assert browser.get("/form").status_code == 200
    assert written == []


def test_a_head_request_is_guarded_like_a_get(house: House):
    """No other method finds a way around."""
    answer = house.browser().client.head("/form", base_url=house.parts.settings.base_url)
    assert answer.status_code == 303
