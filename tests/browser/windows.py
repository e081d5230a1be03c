"""Browser windows that keep their own record of what must never happen in them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright._impl._driver import compute_driver_executable
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, expect

from tests.browser.demo_broker import DemoBroker, Member

DESKTOP, PHONE = (1280, 900), (390, 844)
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# What Chromium says of every page that answers 4xx, which error pages are meant to.
_STATUS_SAID = re.compile(r"Failed to load resource: the server responded with a status of")
PATIENCE_MS = 12_000


def chromium_here() -> str | None:
    """The machine's own Chromium; nothing is downloaded."""
    return os.environ.get("BROKER_TEST_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def driver_runs() -> bool:
    """Whether Playwright's own program starts; a bare Linux may lack a library it needs."""
    program, _ = compute_driver_executable()
    return subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0


def launch_options(executable: str) -> dict[str, Any]:
    # Root has no sandbox; a button's click is not needed for sound in a test.
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    quiet = ["--mute-audio", "--autoplay-policy=no-user-gesture-required", "--disable-dev-shm-usage"]
    return {"executable_path": executable, "args": [*sandbox, *quiet]}


@dataclass
class Windows:
    """Opens windows on ``broker``; ``complaints`` are what any of them did against the rules."""

    browser: Browser
    broker: DemoBroker
    complaints: list[str] = field(default_factory=list)
    # Another name of the same broker: passkeys are made for names, not for bare addresses.
    at: str = ""
    _contexts: list[Any] = field(default_factory=list)

    def open(
        self,
        member: Member | None = None,
        path: str = "/",
        *,
        size: tuple[int, int] = DESKTOP,
        first_factor: bool = False,
        **options: Any,
    ) -> Page:
        """A window of its own at ``path``, signed in as ``member`` if one is given."""
        width, height = size
        context = self.browser.new_context(
            base_url=self.url,
            viewport={"width": width, "height": height},
            locale="en-GB",
            timezone_id="Europe/Berlin",
            **options,
        )
        self._contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        context.set_default_navigation_timeout(PATIENCE_MS)
        if member is not None:
            token = member.token(first_factor=first_factor)
            context.add_cookies([{"name": "session", "value": token, "url": self.url}])
        context.on("page", self._watch)
        page = context.new_page()
        page.goto(path)
        return page

    @property
    def url(self) -> str:
        return self.at or self.broker.url

    def close(self) -> None:
        while self._contexts:
            self._contexts.pop().close()

    def _watch(self, page: Page) -> None:
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(f"a script failed: {error}"))
        page.on("request", self._follow)
        page.on("response", self._look)

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not _STATUS_SAID.search(message.text):
            self.complaints.append(f"the console says: {message.text}")

    def _follow(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and not request.url.startswith(f"{self.url}/"):
            self.complaints.append(f"a request left the broker: {request.url}")

    def _look(self, response: Response) -> None:
        if "/static/" in response.url and response.status >= 400:
            self.complaints.append(f"{response.status} for {response.url}")


expect.set_options(timeout=PATIENCE_MS)


def until(page: Page, expression: str, *, within_ms: int = PATIENCE_MS) -> None:
    """Wait for a script's expression to hold. The pages' policy forbids what Playwright's own wait does."""
    for _ in range(within_ms // 100):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never came true on {page.url}: {expression}")


def sign_in(page: Page, member: Member, password: str) -> None:
    """As a person does it, from the sign-in page on."""
    page.get_by_label("Email").fill(member.email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("One-time code").fill(member.code())
    page.get_by_role("button", name="Continue").click()


ASKED: Mapping[str, str] = {
    "patient": "P-1001",
    "what": "Telehealth recording",
    "purpose": "Emergency treatment",
    "reason": "Patient cannot speak for themselves",
    "note": "Collapsed during the visit",
    "long": "15 minutes",
}


def fill_request(page: Page, code: str, **changes: str) -> None:
    """Everything on the form but the button."""
    asked = {**ASKED, **changes}
    page.get_by_label("Patient").fill(asked["patient"])
    page.get_by_role("radio", name=asked["what"], exact=True).check()
    page.get_by_label("Purpose").select_option(label=asked["purpose"])
    page.get_by_label("Reason").select_option(label=asked["reason"])
    page.get_by_label("Note").fill(asked["note"])
    page.get_by_role("radio", name=asked["long"], exact=True).check()
    page.get_by_label("One-time code").fill(code)
