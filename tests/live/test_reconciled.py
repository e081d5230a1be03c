"""The running broker notices what a real site does, by itself."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from broker.access.grant import Grant, GrantState
from broker.identity.people import Role
from broker.ledger.entry import Recorded
from broker.ledger.read import entries_of_grant
from broker.revocation.reconcile.open_drifts import OpenDrift, open_drifts
from tests.live.broker_side import SITE
from tests.live.conftest import Ward
from tests.live.served_broker import Person, ServedBroker, until

pytestmark = pytest.mark.live
LEASES = "wp_emergency_access_leases"


@pytest.fixture
def grant(served: ServedBroker, known_ward: Ward, clinician: Person, approver: Person) -> Grant:
    return approver.approve(clinician.ask(known_ward.mine))


def entries(served: ServedBroker, grant: Grant, event: str) -> list[Recorded]:
    with served.parts.store.read() as reader:
        return [each for each in entries_of_grant(reader, grant.id) if each.entry.event == event]


def drifts(served: ServedBroker, grant: Grant) -> list[OpenDrift]:
    with served.parts.store.read() as reader:
        return [each for each in open_drifts(reader) if each.grant_id == grant.id]


def look(served: ServedBroker, *words: str) -> str:
    """By the command, beside the broker that runs."""
    command = [sys.executable, "-m", "broker", "site", "drift", SITE, "--look", *words]
    done = subprocess.run(command, env=served._environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_what_the_holder_opened_is_in_the_ledger_and_on_the_page(
    served: ServedBroker, known_ward: Ward, grant: Grant
) -> None:
    """Opened on the site, pulled, proven, and told to the reviewer with the object and the grant, without the patient."""
    session = known_ward.log_in()
    assert known_ward.reads(session, known_ward.my_note)
    look(served)
    told = [each.entry for each in entries(served, grant, "site.event")]
    opened = next(each for each in told if each.facts["kind"] == "opened")
    assert opened.facts["facts"]["object"] == f"telehealth_note {known_ward.my_note}"
    assert opened.facts["account"] == known_ward.nurse
    assert known_ward.mine not in str(told)
    page = served.person(Role.REVIEWER).page(f"/history/{grant.id}")
    assert f"Opened telehealth note {known_ward.my_note} on The clinic's site" in page
    served.check_ledger()


def test_a_lease_deleted_on_the_site_is_noticed_and_sent_again(
    served: ServedBroker, known_ward: Ward, grant: Grant
) -> None:
    """Its row is gone: the holder is out, the difference is open, and one command brings both back."""
    session = known_ward.log_in()
    known_ward.site.sql(f"DELETE FROM {LEASES} WHERE grant_id = '{grant.id}'")
    assert not known_ward.reads(session, known_ward.my_note)
    look(served)
    (missing,) = drifts(served, grant)
    assert missing.kind == "missing"
    assert f"{missing.id}: settled." in look(served, "--repair", missing.id)
    assert known_ward.reads(session, known_ward.my_note)


def test_a_lease_put_back_on_the_site_is_ended_again(
    served: ServedBroker, known_ward: Ward, clinician: Person, grant: Grant
) -> None:
    """Whoever puts back a revoked row, and takes away what the site keeps beside its database, has it for seconds."""
    site = known_ward.site
    site.sql(f"CREATE TABLE kept AS SELECT * FROM {LEASES} WHERE grant_id = '{grant.id}'")
    clinician.end(grant)
    served.becomes(grant.id, GrantState.REVOKED)
    time.sleep(1)  # the sweep may have sent the end as well, and its call be under way
    site.sql(f"REPLACE INTO {LEASES} SELECT * FROM kept")
    site.sql("DROP TABLE kept")
    for kept in (site.root / "wp-content/uploads/emergency-access").glob("ended-*.php"):
        kept.unlink()
    session = known_ward.log_in()
    assert known_ward.reads(session, known_ward.my_note)
    look(served)
    until(lambda: bool(entries(served, grant, "drift.repaired")), 20)
    assert not known_ward.reads(session, known_ward.my_note)
    assert drifts(served, grant) == []
