"""What was written down late says so, and when it happened."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from broker.access.hand_back import hand_back
from broker.clock import SettableClock
from broker.review.story.late_words import late_sentence
from broker.review.story.timeline import read_story
from broker.revocation.sweep import sweep
from broker.store import Store
from tests.fakes.clinic import Clinic
from tests.fakes.spooled import Spooled


def test_the_story_tells_when_it_really_ended(
    sqlite_store: Store, clock: SettableClock, tmp_path: Path
) -> None:
    """The minute it was handed back, not the one in which the disk had room again."""
    spooled = Spooled(Clinic(sqlite_store, clock), tmp_path)
    grant = spooled.granted()
    with spooled.unwritable():
        hand_back(spooled.equipment, spooled.clinic.clinician.person, grant.id)
    happened = clock.now()
    clock.advance(minutes=7)
    sweep(spooled.equipment)
    with sqlite_store.read() as reader:
        story = read_story(reader, spooled.equipment.catalog, spooled.equipment.notes, grant.id)
    told = " ".join(f"{step.title} {step.text}" for step in story.steps)
    assert f"It happened at {happened:%Y-%m-%d %H:%M:%S} UTC" in told
    assert f"{happened + timedelta(minutes=7):%H:%M:%S} UTC, when nothing" not in told
    assert "was seen without it" in told


def test_an_end_by_a_restore_says_so() -> None:
    """And an ordinary one says nothing of either."""
    assert "restored from a backup" in late_sentence({"because": "restored"})
    assert late_sentence({"cause": "expired"}) == ""
