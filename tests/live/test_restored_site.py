"""A site whose database was put back from a backup: what was revoked meanwhile must not live again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from broker.adapters.companion.call import HEADER
from broker.adapters.port import Answer, Outcome
from broker.adapters.wordpress.client import SPACE
from broker.clock import new_id
from tests.live.broker_side import SITE, BrokerSide, notes_of
from tests.live.conftest import Apart, Ward

pytestmark = pytest.mark.live
DONE = Outcome(Answer.DONE)
RESTORED = Outcome(Answer.REFUSED, "restored")


class Backup:
    """What the hosting company keeps: the whole database, as it was at that moment."""

    def __init__(self, ward: Ward) -> None:
        self._database = ward.site.database
        self._dump = self._database.dump()

    def put_back(self) -> None:
        self._database.sql("DROP DATABASE wordpress; CREATE DATABASE wordpress CHARACTER SET utf8mb4")
        self._database.sql(self._dump)


@pytest.fixture
def ward(lonely_ward: Ward) -> Ward:
    return lonely_ward


@pytest.fixture
def broker(apart: Apart) -> Iterator[BrokerSide]:
    """Whose marks the site knows, and whose last word is that leases count again."""
    apart.broker.mark += 1
    apart.broker.adapter.health()
    yield apart.broker
    apart.broker.mark += 1
    apart.broker.adapter.resume()


def _end(broker: BrokerSide, grant: str) -> None:
    broker.mark += 1
    assert broker.take_back(grant) == DONE


def test_backup_from_during_a_grant(ward: Ward, broker: BrokerSide) -> None:
    """With the broker away, neither the revoked lease nor the session it ended is worth anything again."""
    broker.mark += 1
    grant = broker.give(ward.nurse, notes_of(ward.mine))
    session = ward.log_in()
    assert ward.reads(session, ward.my_note)
    backup = Backup(ward)
    _end(broker, grant)
    assert not ward.is_logged_in(session)
    backup.put_back()
    assert _revocation_in_table(ward, grant) == ""
    assert not ward.reads(session, ward.my_note)
    assert not ward.reads(ward.log_in(), ward.my_note)


def test_the_broker_is_told_and_mends_it(ward: Ward, broker: BrokerSide) -> None:
    """The site says that it is behind and takes no lease; after everything was sent again, it resumes."""
    broker.mark += 1
    ended, going_on = (broker.lease(ward.nurse, notes_of(patient)) for patient in (ward.mine, ward.other))
    assert set(broker.adapter.apply([ended, going_on]).values()) == {DONE}
    backup, known = Backup(ward), broker.mark
    _end(broker, ended.id)
    backup.put_back()
    seen, health = broker.adapter.observe(), broker.adapter.health()
    assert (seen.mark, seen.active) == (known, {})
    assert "restored" in health.words
    assert any("put back from a backup" in problem for problem in health.problems)
    assert broker.apply(going_on) == RESTORED
    assert broker.take_back(ended.id) == DONE
    session = ward.log_in()
    assert not ward.reads(session, ward.other_note)
    broker.mark += 1
    broker.adapter.resume()
    assert broker.active() == set()
    assert broker.apply(going_on) == DONE
    assert broker.active() == {going_on.id}
    assert ward.reads(session, ward.other_note)
    assert not ward.reads(session, ward.my_note)
    assert "restored" not in broker.adapter.health().words


def test_a_forgotten_end_stays_one(ward: Ward, broker: BrokerSide) -> None:
    """Even when the broker resumes without sending an end again, only leases it applies again count."""
    broker.mark += 1
    grant = broker.give(ward.nurse, notes_of(ward.mine))
    backup = Backup(ward)
    _end(broker, grant)
    backup.put_back()
    broker.mark += 1
    broker.adapter.resume()
    assert broker.active() == set()
    assert not ward.reads(ward.log_in(), ward.my_note)
    assert broker.adapter.health().words == ()


def test_no_other_call_lifts_it(ward: Ward, broker: BrokerSide) -> None:
    """Calls with newer marks pass by the hundred; only the broker's word that it has sent everything counts."""
    broker.mark += 1
    grant = broker.give(ward.nurse, notes_of(ward.mine))
    backup, known = Backup(ward), broker.mark
    _end(broker, grant)
    backup.put_back()
    broker.mark += 100
    assert broker.adapter.observe().mark == known
    assert broker.adapter.health().mark == known
    assert broker.apply(broker.lease(ward.nurse, notes_of(ward.mine))) == RESTORED
    assert not ward.reads(ward.log_in(), ward.my_note)


def test_overheard_call_after_a_restore(ward: Ward, broker: BrokerSide) -> None:
    """The table of seen calls is older too, so an old call passes the door again; its lease is refused."""
    broker.mark += 1
    lease = broker.lease(ward.nurse, notes_of(ward.mine))
    body = json.dumps({"documents": [lease.jws]}).encode()
    sign, now = broker.signer.sign_call, broker.clock.now()
    envelope = sign(SITE, SPACE + "apply", body, now, new_id("call"), broker.mark)
    backup = Backup(ward)
    address = f"{ward.site.url}/?rest_route={SPACE}apply"
    first = requests.post(address, data=body, headers={HEADER: envelope}, timeout=20)
    assert first.json()["answers"][0]["answer"] == "done"
    _end(broker, lease.id)
    backup.put_back()
    again = requests.post(address, data=body, headers={HEADER: envelope}, timeout=20)
    assert again.json()["answers"][0]["reason"] == "restored"
    assert not ward.reads(ward.log_in(), ward.my_note)


def test_database_and_files_put_back_together(ward: Ward, broker: BrokerSide) -> None:
    """The site itself cannot know; the mark in its answers is what gives it away to the broker."""
    broker.mark += 1
    grant = broker.give(ward.nurse, notes_of(ward.mine))
    backup, files = Backup(ward), {path: path.read_bytes() for path in _files(ward)}
    known = broker.mark
    _end(broker, grant)
    assert broker.adapter.observe().mark > known
    backup.put_back()
    for path in _files(ward):
        path.write_bytes(files.get(path, b""))
    seen = broker.adapter.observe()
    assert seen.mark == known
    assert grant in seen.active
    session = ward.log_in()
    assert broker.take_back(grant) == DONE
    assert not ward.is_logged_in(session)
    assert grant not in broker.active()


def test_tables_dropped(ward: Ward, broker: BrokerSide) -> None:
    """Whoever empties the site's tables, to lose its tombstones, meets a site that grants nothing."""
    broker.mark += 1
    broker.adapter.health()
    ward.site.sql("DELETE FROM wp_emergency_access_state; DELETE FROM wp_emergency_access_leases")
    assert broker.apply(broker.lease(ward.nurse, notes_of(ward.mine))) == RESTORED


def test_mark_file_lowered_or_raised(ward: Ward, broker: BrokerSide) -> None:
    """A lower mark beside the database opens nothing and is put right; a higher one stops until the broker resumes."""
    broker.mark += 1
    lease = broker.lease(ward.nurse, notes_of(ward.mine))
    assert broker.apply(lease) == DONE
    (path,) = _mark_files(ward)
    path.write_text(f"<?php exit; // {broker.mark - 1:020}")
    session = ward.log_in()
    assert ward.reads(session, ward.my_note)
    broker.adapter.health()
    assert path.read_text().endswith(f"{broker.mark:020}")
    path.write_text(f"<?php exit; // {broker.mark + 1000:020}")
    assert not ward.reads(session, ward.my_note)
    assert lease.id not in broker.active()
    broker.adapter.resume()
    assert broker.apply(lease) == DONE
    assert ward.reads(session, ward.my_note)


def test_mark_file_tells_nothing(ward: Ward, broker: BrokerSide) -> None:
    """Who finds the file by its address gets an empty page, and nobody can guess that address."""
    broker.adapter.health()
    (path,) = _mark_files(ward)
    answer = requests.get(f"{ward.site.url}/{path.relative_to(ward.site.root).as_posix()}", timeout=20)
    assert answer.text == ""
    assert len(path.stem) > 32


def test_uploads_that_cannot_be_written(ward: Ward, broker: BrokerSide) -> None:
    """Without the file the mark stands in the database alone, leases count, and the broker is told."""
    (path,) = _mark_files(ward)
    aside = path.parent.rename(path.parent.with_name("aside"))
    path.parent.write_text("not a folder")
    try:
        assert "mark_only_in_database" in broker.adapter.health().words
        broker.give(ward.nurse, notes_of(ward.mine))
        assert ward.reads(ward.log_in(), ward.my_note)
    finally:
        path.parent.unlink()
        aside.rename(path.parent)


def _mark_files(ward: Ward) -> list[Path]:
    return [path for path in _files(ward) if path.name.startswith("mark-")]


def _files(ward: Ward) -> list[Path]:
    return sorted((ward.site.root / "wp-content/uploads/emergency-access").glob("*.php"))


def _revocation_in_table(ward: Ward, grant: str) -> str:
    return ward.site.sql(
        f"SELECT revocation FROM wp_emergency_access_leases WHERE grant_id = '{grant}'"
    ).strip()
