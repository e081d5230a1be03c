"""The pages end access while the database only answers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from broker.access.activate import activate
from broker.clock import SettableClock
from broker.errors import Refused
from broker.revocation.sweep import sweep
from broker.store import Store
from tests.fakes.clinic import Clinic
from tests.fakes.front import Front
from tests.fakes.software import by_session, by_token
from tests.fakes.spooled import Spooled

CONTENT = bytes(range(256)) * 1000


@pytest.fixture
def spooled(sqlite_store: Store, clock: SettableClock, tmp_path: Path) -> Spooled:
    return Spooled(Clinic(sqlite_store, clock), tmp_path / "spool")


def test_end_now_works_while_nothing_can_be_written(spooled: Spooled, tmp_path: Path) -> None:
    """The button answers, the page says that it ended, the player and the link get nothing from then on."""
    front = Front(spooled.clinic, tmp_path)
    holding = front.fill_shelf(CONTENT)
    issued = front.clinic.break_glass(patient_ref="P-7777").grant
    assert issued is not None
    grant = activate(spooled.equipment, issued.id)
    browser = front.browser(front.clinic.clinician)
    browser.get(f"/grants/{grant.id}")
    watching = str(browser.post(f"/grants/{grant.id}/open", {"holding": holding.id}).location)
    assert browser.get(f"{watching}/media").data == CONTENT
    playing = browser.get(f"{watching}/media", buffered=False)
    chunks = playing.iter_encoded()
    assert next(chunks)
    browser.get(f"/grants/{grant.id}")
    with spooled.unwritable():
        assert browser.post(f"/grants/{grant.id}/end").status_code == 303
        browser.get(f"/grants/{grant.id}")
        assert re.search(r"handed (it )?back", browser.page)
        assert "End now" not in browser.page
        with pytest.raises(Refused, match="has ended"):
            b"".join(chunks)
        assert browser.get(f"{watching}/media").status_code in {403, 404, 410}
        assert grant.id not in browser.get("/").text
    sweep(spooled.equipment)
    assert [each.facts.get("late") for each in spooled.clinic.entries("grant.revoking")] == [True]


def test_the_api_ends_access_while_nothing_can_be_written(spooled: Spooled, tmp_path: Path) -> None:
    """By a person's session and by software's token: told as ended at once, and late who did it."""
    front = Front(spooled.clinic, tmp_path)
    grants = [spooled.granted("telehealth-recording"), spooled.granted("patient-record")]
    callers = [by_session(front, front.clinic.clinician), by_token(front, ["grants:end", "grants:read"])]
    with spooled.unwritable():
        for caller, grant in zip(callers, grants, strict=True):
            ended = caller.post(f"/grants/{grant.id}/end")
            assert (ended.status_code, ended.json["live"]) == (200, False), ended.text
    sweep(spooled.equipment)
    told = {each.grant: each.actor for each in spooled.clinic.entries("grant.revoking")}
    assert told[grants[0].id] == front.clinic.clinician.id
    assert told[grants[1].id].startswith("client_")
