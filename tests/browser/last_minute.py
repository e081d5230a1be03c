"""What runs out after a minute, opened in windows that nobody touches until then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from playwright.sync_api import Page, expect

from broker.access.grant import Grant
from broker.access.request import AccessRequest
from broker.identity.people import Role
from tests.browser.demo_broker import Member
from tests.browser.stage import Stage
from tests.browser.windows import PHONE

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class LastMinute:
    """``player`` has been playing since ``began``; ``media`` is the address of what it plays."""

    stage: Stage
    began: datetime
    grant: Grant
    player: Page
    media: str
    unanswered: Page
    lapsing: Page
    approver: Page
    owing: Member
    owed: Grant
    request: AccessRequest

    def wait_until(self, at: datetime) -> None:
        left = (at - self.stage.broker.parts.clock.now()).total_seconds()
        self.player.wait_for_timeout(max(0.0, left) * 1000)


def begin_last_minute(stage: Stage) -> LastMinute:
    began = stage.broker.parts.clock.now()
    hurried = {"entitlement": "one-minute-recording", "duration": MINUTE}
    patient_with_us = stage.broker.join(Role.CLINICIAN)
    owing = stage.broker.join(Role.CLINICIAN)
    owed = stage.break_glass(owing, entitlement="hasty-recording", duration=5 * MINUTE)
    request = stage.ask(patient_with_us, entitlement="hasty-recording")
    lapsing = stage.ask(patient_with_us, **hurried)
    approver = stage.open(stage.approver, "/", size=PHONE)
    unanswered = stage.open(patient_with_us, f"/requests/{request.id}", size=PHONE)
    grant = stage.grant(**hurried)
    player, media = _play(stage, grant)
    lapse_page = stage.open(patient_with_us, f"/requests/{lapsing.id}")
    return LastMinute(
        stage, began, grant, player, media, unanswered, lapse_page, approver, owing, owed, request
    )


# How far it played, and when the page took the player away, told by the page's own clock.
_WATCH = """() => {
  const player = document.querySelector('audio');
  window.seen = { played: 0, taken: 0 };
  player.addEventListener('timeupdate', () => { window.seen.played = Math.max(window.seen.played, player.currentTime); });
  new MutationObserver(() => { if (!player.isConnected) window.seen.taken ||= Date.now(); })
    .observe(document.body, { childList: true, subtree: true });
  return player.play();
}"""


def _play(stage: Stage, grant: Grant) -> tuple[Page, str]:
    page = stage.open(stage.clinician, f"/grants/{grant.id}")
    page.get_by_role("button", name="Open recording").click()
    player = page.locator("audio")
    expect(player).to_be_visible()
    page.evaluate(_WATCH)
    return page, player.evaluate("player => player.src")
