"""The receipt of a grant: the page, the file, who may have which part of it."""

from __future__ import annotations

import json

import pytest

from broker.access.grant import Grant
from broker.identity.people import Role
from broker.ledger.checkpoints.keep import CheckpointKeeper
from broker.ledger.verifying.receipt import check_receipt
from broker.revocation.sweep import sweep
from tests.fakes.front import Browser, Front


@pytest.fixture
def keeper(front: Front) -> CheckpointKeeper:
    found = front.parts.checkpoints
    found.path.parent.mkdir(parents=True, exist_ok=True)
    return found


@pytest.fixture
def grant(front: Front) -> Grant:
    found = front.clinic.break_glass().grant
    assert found is not None
    return found


@pytest.fixture
def holder(front: Front) -> Browser:
    return front.browser(front.clinic.clinician)


def file_of(browser: Browser, grant: Grant) -> bytes:
    answer = browser.get(f"/grants/{grant.id}/receipt.json")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="receipt-{grant.id}.json"'
    return answer.data


def test_the_file_is_accepted_with_the_public_key_alone(
    front: Front, keeper: CheckpointKeeper, grant: Grant, holder: Browser
) -> None:
    """Its holder takes it from the page of the grant, and it proves the whole story."""
    keeper.keep(front.clinic.store)
    holder.get(f"/grants/{grant.id}")
    assert f"/grants/{grant.id}/receipt" in holder.page
    checked = check_receipt(file_of(holder, grant), keeper.key.public)
    events = [each.entry.event for each in checked.entries]
    assert events[:2] == ["request.asked", "request.broke_glass"]
    assert "grant.issued" in events
    assert checked.later == ()


def test_the_page_tells_what_is_proved_and_what_is_not_yet(
    front: Front, keeper: CheckpointKeeper, grant: Grant
) -> None:
    """Steps since the last checkpoint stand apart, and looking signs nothing."""
    keeper.keep(front.clinic.store)
    front.clinic.clock.advance(hours=1)
    sweep(front.clinic.equipment)
    holder = front.browser(front.clinic.clinician)
    before = keeper.path.read_bytes()
    assert holder.get(f"/grants/{grant.id}/receipt").status_code == 200
    assert f"{front.clinic.clinician.person.name} broke the glass" in holder.page
    assert "Added since, not signed yet" in holder.page
    assert "It is gone: nothing had been sent to a site." in holder.page
    assert keeper.key.public.vkey in holder.page
    assert "none has signed this one" in holder.page
    assert keeper.path.read_bytes() == before
    keeper.keep(front.clinic.store)
    holder.get(f"/grants/{grant.id}/receipt")
    assert "not signed yet" not in holder.page


def test_before_it_is_signed_the_page_says_so(
    front: Front, keeper: CheckpointKeeper, grant: Grant, holder: Browser
) -> None:
    """No checkpoint at all, and then one that is older than the grant: a sentence, and no file."""
    assert holder.get(f"/grants/{grant.id}/receipt").status_code == 200
    assert "every half minute" in holder.page
    assert holder.get(f"/grants/{grant.id}/receipt.json").status_code == 409
    keeper.keep(front.clinic.store)
    second = front.clinic.break_glass(entitlement="patient-record", purpose="BTG").grant
    assert second is not None
    assert holder.get(f"/grants/{second.id}/receipt").status_code == 200
    assert holder.get(f"/grants/{second.id}/receipt.json").status_code == 409


def test_how_it_was_examined_is_told_to_those_who_examine(
    front: Front, keeper: CheckpointKeeper, grant: Grant, holder: Browser
) -> None:
    """A reviewer's receipt has the review in it, the holder's has not; both are accepted."""
    keeper.keep(front.clinic.store)
    reviewer = front.browser(front.clinic.reviewer)
    theirs, own = (
        [each.entry.event for each in check_receipt(file_of(who, grant), keeper.key.public).entries]
        for who in (reviewer, holder)
    )
    assert "review.opened" in theirs
    assert own == [event for event in theirs if not event.startswith("review.")]


def test_somebody_elses_receipt_is_not_there(front: Front, keeper: CheckpointKeeper, grant: Grant) -> None:
    """Neither page nor file, and nothing tells that there is such a grant."""
    keeper.keep(front.clinic.store)
    other = front.browser(front.clinic.join("other-clinician", Role.CLINICIAN))
    for path in ("receipt", "receipt.json"):
        assert other.get(f"/grants/{grant.id}/{path}").status_code == 404


def test_nothing_of_the_patient_is_in_the_file(
    front: Front, keeper: CheckpointKeeper, grant: Grant, holder: Browser
) -> None:
    """Neither the clinic's own id of the patient nor a word of the note: opaque ids alone."""
    keeper.keep(front.clinic.store)
    content = file_of(holder, grant)
    assert b"P-1001" not in content
    assert b"collapsed" not in content
    assert json.loads(content)["grant"] == grant.id


def test_a_rewritten_ledger_gives_no_receipt(
    front: Front, keeper: CheckpointKeeper, grant: Grant, holder: Browser
) -> None:
    """What does not lead to the checkpoint is not handed out; the page says whom to call."""
    keeper.keep(front.clinic.store)
    with front.clinic.store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER ledger_entries_no_update")
        connection.exec_driver_sql(
            "UPDATE ledger_entries SET body = replace(body, 'ETREAT', 'BTG') WHERE event = 'request.asked'"
        )
    answer = holder.get(f"/grants/{grant.id}/receipt.json")
    assert answer.status_code == 503
    assert "does not fit its own checkpoint" in holder.page
