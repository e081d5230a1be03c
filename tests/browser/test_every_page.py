"""Every page in every state can be read and used by everybody: WCAG 2.2 AA, small screens, large text."""

from __future__ import annotations

import pytest

from tests.browser.demo_broker import DemoBroker
from tests.browser.examine import faults_of, names_said_twice
from tests.browser.scenes import SCENES
from tests.browser.stage import Stage
from tests.browser.windows import Windows


@pytest.mark.parametrize("name", SCENES)
def test_nobody_is_shut_out(broker: DemoBroker, windows: Windows, name: str) -> None:
    """axe-core finds nothing, in light and dark, at a desk and on a phone; nothing scrolls sideways; nothing is too small or named twice."""
    page = SCENES[name](Stage(broker, windows))
    assert names_said_twice(page) + faults_of(page) == []


def test_the_examination_finds_what_is_wrong(windows: Windows) -> None:
    """A pale word, a nameless picture, a tiny button and a line too wide are all reported, in the dark too."""
    page = windows.open(None, "/")
    page.locator("main").evaluate(
        """main => {
          main.innerHTML = '<p id="pale">pale</p><img src="/static/mark.svg"><button>x</button><p id="wide">w</p>';
          const set = (selector, rules) => Object.assign(document.querySelector(selector).style, rules);
          set('#pale', { color: '#777', background: '#666' });
          set('button', { width: '20px', height: '20px' });
          set('#wide', { width: '600px', maxWidth: 'none' });
        }"""
    )
    faults = "\n".join(faults_of(page))
    for expected in ("light, 390 px: color-contrast", "dark, 1280 px: color-contrast", "image-alt", "20x20"):
        assert expected in faults
    assert "sticks out at 390" in faults
    assert "sticks out at 320" in faults
