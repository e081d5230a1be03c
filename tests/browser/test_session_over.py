"""A session ends under somebody's hands: they sign in again and go on where they were."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page, expect

from broker.identity.sessions.end_session import Why, end_all_sessions
from tests.browser.demo_broker import PASSWORD, DemoBroker, Member
from tests.browser.stage import Stage
from tests.browser.windows import Windows, sign_in

UNTIL_IT_ASKS_MS = 9_000  # the page asks every five seconds


def begin(stage: Stage) -> Page:
    """Signed in as people are, so that the browser knows whose forms it holds."""
    page = stage.open(None, "/sign-in")
    sign_in(page, stage.clinician, PASSWORD)
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()
    return page


def end_sessions(broker: DemoBroker, member: Member) -> None:
    parts, who = broker.parts, member.person.id
    with parts.store.write() as tx:
        end_all_sessions(tx, parts.ledger, who, actor="demo", why=Why.ENDED_BY_OTHER)


def test_a_grants_page_comes_back_after_the_sign_in(broker: DemoBroker, windows: Windows) -> None:
    """The page that refreshes itself shows nothing more, asks to sign in, and is there again afterwards."""
    stage = Stage(broker, windows)
    page = begin(stage)
    grant = stage.grant()
    page.goto(f"/grants/{grant.id}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Telehealth recording")
    end_sessions(broker, stage.clinician)
    expect(page.get_by_label("Password")).to_be_visible(timeout=UNTIL_IT_ASKS_MS)
    sign_in(page, stage.clinician, PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Telehealth recording")
    assert page.url.endswith(f"/grants/{grant.id}")


def test_what_was_chosen_on_a_grants_form_comes_back(broker: DemoBroker, windows: Windows) -> None:
    """Sent with a session that is over it is no error and no loss; the code alone is typed again."""
    stage = Stage(broker, windows)
    page = begin(stage)
    grant = stage.grant(duration=timedelta(minutes=15))
    page.goto(f"/grants/{grant.id}/extend")
    page.get_by_role("radio", name="30 minutes").check()
    page.get_by_label("One-time code").fill("123456")
    end_sessions(broker, stage.clinician)
    page.get_by_role("button", name="Ask for more time").click()
    sign_in(page, stage.clinician, PASSWORD)
    expect(page.get_by_role("heading", name="Extend")).to_be_visible()
    expect(page.get_by_role("radio", name="30 minutes")).to_be_checked()
    expect(page.get_by_label("One-time code")).to_have_value("")
