"""Where a site differs from what was granted, as its administrator sees it."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page, expect

from broker.adapters.companion.chain import Happening
from broker.adapters.port import AccountState, ActiveLease, Health, Observation
from broker.revocation.reconcile.compare import Look
from broker.revocation.reconcile.write_down import Answer, write_down
from broker.revocation.site_events.entry import entry_for, known_to
from tests.browser.scenes.scene import scene
from tests.browser.stage import Stage


@scene
def sites_that_differ(stage: Stage) -> Page:
    stage.connect_silent_site()
    write_down(stage.equipment, "clinic", _answer(stage))
    page = stage.open(stage.admin, "/sites")
    expect(page.get_by_role("heading", name="Differs from what was granted")).to_be_visible()
    return page


@scene
def a_repair_that_reaches_nobody(stage: Stage) -> Page:
    page = sites_that_differ(stage)
    page.get_by_role("button", name="Let in again").click()
    expect(page.get_by_role("status").first).to_contain_text("cannot be reached")
    return page


@scene
def changed_past_the_broker(stage: Stage) -> Page:
    stage.connect_silent_site()
    broker = stage.broker.parts
    happened = [
        Happening(1, "0" * 64, "role_changed", broker.clock.wall(), "site-admin", "", {"object": "user 7"}),
        Happening(
            2,
            "1" * 64,
            "files_changed",
            broker.clock.wall(),
            "",
            "",
            {"object": "plugins/a-very-long-plugin-name"},
        ),
    ]
    with broker.store.write() as tx:
        for each in happened:
            broker.ledger.append(tx, entry_for("clinic", each, known_to(tx, "clinic", happened)))
    page = stage.open(stage.reviewer, "/history?site=clinic")
    expect(page.get_by_role("heading", name="Changed on this site past the broker")).to_be_visible()
    return page


def _answer(stage: Stage) -> Answer:
    """Somebody holds access no record knows, somebody is shut out unasked, and the clock is off."""
    now = stage.broker.parts.clock.now()
    wall = stage.broker.parts.clock.wall()
    unknown = ActiveLease("grant_unknown", "locum", 0, now + timedelta(minutes=20))
    shut = AccountState("front-desk", frozen=True)
    observed = Observation({unknown.grant: unknown}, wall, accounts={shut.account: shut})
    health = Health("6.5.5", "0.2.0", "0" * 64, wall + timedelta(minutes=10))
    return Answer(Look(now, observed), health, wall)
