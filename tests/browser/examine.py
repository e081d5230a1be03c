"""What every page must pass, in every state: WCAG 2.2 AA by axe-core, and what axe cannot judge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

from tests.browser.windows import DESKTOP, PHONE

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
# target-size is the one rule of these that axe leaves off unless it is asked for.
_ALL = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]},
    "rules": {"target-size": {"enabled": True}},
}
# What darkness can change.
_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
ZOOMED = (320, 640)  # 1280 pixels wide at 400 %, or 640 at 200 %: WCAG 1.4.10
PRIMARY_PX, SMALLEST_PX = 44, 24

# Half a pixel may be lost to rounding.
_TOO_SMALL = """([primary, smallest]) => {
  const seen = element => element.checkVisibility({ visibilityProperty: true }) && !element.closest('.for-ears, .skip');
  const box = element => (element.closest('label') ?? element).getBoundingClientRect();
  const under = (selector, least) => [...document.querySelectorAll(selector)].filter(seen)
    .filter(element => Math.min(box(element).width, box(element).height) < least - 0.5)
    .map(element => `${element.outerHTML.slice(0, 80)} is ${box(element).width}x${box(element).height}`);
  return [
    ...under('button, .button, select, textarea, summary, input:not([type=hidden]), nav a', primary),
    ...under('[tabindex="0"]', smallest),
  ];
}"""
_STICKING_OUT = """width => {
  if (document.documentElement.scrollWidth <= width) return [];
  const wide = [...document.querySelectorAll('body *')].filter(element => element.getBoundingClientRect().right > width + 1);
  return wide.slice(0, 5).map(element => `sticks out at ${width}: ${element.outerHTML.slice(0, 100)}`);
}"""


def faults_of(page: Page) -> list[str]:
    """Everything wrong with the page as it stands: light and dark, at a desk, on a phone, and zoomed in."""
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(AXE)
    faults = []
    for width, height in (DESKTOP, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="light")
        faults += [f"light, {width} px: {fault}" for fault in _axe(page, _ALL)]
        page.emulate_media(color_scheme="dark")
        faults += [f"dark, {width} px: {fault}" for fault in _axe(page, _COLOURS)]
    faults += page.evaluate(_STICKING_OUT, PHONE[0])
    faults += page.evaluate(_TOO_SMALL, [PRIMARY_PX, SMALLEST_PX])
    page.set_viewport_size({"width": ZOOMED[0], "height": ZOOMED[1]})
    return faults + page.evaluate(_STICKING_OUT, ZOOMED[0])


def _axe(page: Page, rules: dict[str, Any]) -> list[str]:
    options = {**rules, "resultTypes": ["violations"]}
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{rule['id']}: {node['html'][:160]} ({node['failureSummary']})"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


# The names by which people, tests and screen readers find things: each stands for one thing on a page.
_FIELDS = (
    "Email",
    "Password",
    "One-time code",
    "Patient",
    "Purpose",
    "Reason",
    "What do you need?",
    "For how long?",
)
_LINKS = (
    "Start emergency access",
    "Waiting for you",
    "Reviews due",
    "History",
    "Check the ledger",
    "Sites",
    "People",
)
_BUTTONS = (
    "Approve",
    "Deny",
    "Request access",
    "Break the glass now",
    "Open recording",
    "Sign in",
    "Verify now",
)


def names_said_twice(page: Page) -> list[str]:
    """Names of face and field that more than one thing on this page answers to."""
    found = {f"field {name}": _answering_to(page, name) for name in _FIELDS}
    found |= {f"link {name}": page.get_by_role("link", name=name).count() for name in _LINKS}
    found |= {f"button {name}": page.get_by_role("button", name=name).count() for name in _BUTTONS}
    return [f"{name}: {count} times" for name, count in found.items() if count > 1]


def _answering_to(page: Page, name: str) -> int:
    labelled = page.get_by_label(name)
    return labelled.count() if labelled.and_(page.locator("input, select, textarea")).count() else 0
