"""What a scene is: a function that sets a stage and leaves a page open."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.stage import Stage

Scene = Callable[[Stage], Page]


def scene(sets: Scene) -> Scene:
    """Mark a function of a room as one of its scenes."""
    sets.is_scene = True  # type: ignore[attr-defined]
    return sets
