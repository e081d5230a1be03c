import re
from dataclasses import replace

import pytest

from broker.settings import Settings
from broker.web.factory import make_flask
from tests.fakes.clinic import POLICIES
from tests.fakes.front import BASE, Front
from tests.fakes.past import Past


@pytest.fixture
def demo(archive: Front) -> Front:
    settings = Settings(state_dir=archive.folder, policies_path=POLICIES, demo=True)
    archive.parts = replace(archive.parts, settings=settings)
    archive.app = make_flask(archive.parts)
    return archive


def test_a_mail_is_shown_with_a_link_that_leads_on(past: Past, demo: Front) -> None:
    """In the demo one can click from the mail to the page where the approver decides."""
    asked = past.ask()
    browser = demo.browser(past.approver)
    browser.get("/outbox")
    assert "This page exists only in the demo" in browser.page
    assert "approver@clinic.example" in browser.page
    link = re.search(rf'href="{BASE}(/requests/[^"]+)">Open the link in this mail', browser.page)
    assert link is not None
    assert asked.request.id in link.group(1)
    assert browser.get(link.group(1)).status_code == 200


def test_outside_the_demo_there_is_no_outbox(past: Past, archive: Front) -> None:
    """Nobody reads other people's mail in a real clinic, administrators included."""
    past.ask()
    browser = archive.browser(past.admin)
    assert browser.get("/outbox").status_code == 404
    browser.get("/")
    assert "Outbox" not in browser.page


def test_what_a_mail_says_is_shown_as_text(past: Past, demo: Front) -> None:
    """Whatever stands in a mail, the page does not run it."""
    past.ask()
    with past.store.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE outbox SET body_text = '<script>x()</script> http://elsewhere.example/a'"
        )
    browser = demo.browser(past.clinician)
    browser.get("/outbox")
    assert "<script>x()" not in browser.page
    assert "&lt;script&gt;x()" in browser.page
    assert 'href="http://elsewhere' not in browser.page
