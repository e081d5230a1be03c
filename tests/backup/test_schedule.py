"""Backups that are made by themselves: when it is time, by one process, and not for ever."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from broker.app import build_parts
from broker.backup.create import Made
from broker.backup.examine import examine_backups
from broker.backup.schedule import back_up_when_due, newest
from broker.errors import ConfigurationError
from tests.backup.house import House

assert build_parts


@pytest.fixture
def scheduled(house: House) -> House:
    changes = {
        "backup_dir": house.folder / "backups",
        "backup_recipient": house.key.recipient,
        "backup_hours": 6.0,
        "backup_keep": 3,
    }
    house.settings = house.settings.model_copy(update=changes)
    house.source = type(house.source)(house.settings, house.store, house.clinic.ledger, house.source.key)
    return house


def test_one_is_made_when_it_is_time_and_the_oldest_go(scheduled: House) -> None:
    """At once, then every six hours; three stay, each with its note, and a copy of somebody's own stays too."""
    folder = scheduled.folder / "backups"
    folder.mkdir()
    (folder / "broker-of-last-year.age").write_text("mine")
    for _ in range(5):
        assert back_up_when_due(scheduled.source)
        scheduled.clock.advance(hours=5)
        assert back_up_when_due(scheduled.source) is None
        scheduled.clock.advance(hours=1)
    names = sorted(path.name for path in folder.iterdir() if path.name != ".lock")
    assert names == [
        "broker-20260302T000000Z.age",
        "broker-20260302T000000Z.age.note",
        "broker-20260302T060000Z.age",
        "broker-20260302T060000Z.age.note",
        "broker-20260302T120000Z.age",
        "broker-20260302T120000Z.age.note",
        "broker-of-last-year.age",
    ]


def test_of_several_at_once_one_makes_it(scheduled: House) -> None:
    """Nobody waits for it, and it is made once."""
    made: list[Made | None] = []
    threads = [
        threading.Thread(target=lambda: made.append(back_up_when_due(scheduled.source))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(each is not None for each in made) == 1


def test_none_is_made_where_nobody_asked_for_any(house: House) -> None:
    """The default."""
    assert back_up_when_due(house.source) is None
    assert [finding.good for finding in examine_backups(house.settings, house.clock.wall())] == [True]


def test_the_doctor_says_when_the_last_was_made_and_when_that_is_too_long_ago(scheduled: House) -> None:
    """None yet, fresh, late, and one that is sealed for nobody."""

    def well() -> bool:
        return all(each.good for each in examine_backups(scheduled.settings, scheduled.clock.wall()))

    assert not well()
    back_up_when_due(scheduled.source)
    assert well()
    scheduled.clock.advance(hours=13)
    assert not well()
    nobody = scheduled.settings.model_copy(update={"backup_recipient": ""})
    [finding] = examine_backups(nobody, scheduled.clock.wall())
    assert not finding.good
    with pytest.raises(ConfigurationError, match="Nobody is named"):
        back_up_when_due(
            type(scheduled.source)(nobody, scheduled.store, scheduled.clinic.ledger, scheduled.source.key)
        )


def test_a_clock_that_was_ahead_does_not_stop_them(scheduled: House) -> None:
    """One dated next year is no reason to wait until then."""
    folder = scheduled.folder / "backups"
    folder.mkdir()
    future = scheduled.clock.wall() + timedelta(days=365)
    Path(folder / future.strftime("broker-%Y%m%dT%H%M%SZ.age")).write_text("x")
    assert newest(folder) == future
    assert back_up_when_due(scheduled.source)


def test_what_a_killed_one_left_is_swept_up(scheduled: House) -> None:
    """Half a file and a note without one."""
    folder = scheduled.folder / "backups"
    folder.mkdir()
    for name in ("broker-20260101T000000Z.age.part", "broker-20260101T000000Z.age.note"):
        (folder / name).write_text("left")
    made = back_up_when_due(scheduled.source)
    assert made
    names = {path.name for path in folder.iterdir()}
    assert names == {".lock", made.file.name, f"{made.file.name}.note"}
