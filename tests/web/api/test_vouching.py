"""An approver vouches by the API, as on the page."""

from __future__ import annotations

import pytest

from broker.identity.caller import Caller as From
from broker.identity.factors.lost.ask_help import ask_help, spoken_code
from broker.identity.people import by_id
from tests.fakes.front import Front
from tests.fakes.software import by_session, by_token


@pytest.fixture
def plea(front: Front):
    """The clinician's, from a browser nobody knows."""
    clinic = front.clinic
    with clinic.store.write() as tx:
        person = by_id(tx, clinic.clinician.id)
        return ask_help(
            tx, clinic.ledger, person, From("192.0.2.99", "Firefox on Android"), "phone stolen"
        ).reset


def test_who_waits_is_told_to_approvers_and_what_they_said(front: Front, plea):
    """Not to the person themselves, and without the code that only their screen shows."""
    answer = by_session(front, front.clinic.approver).get("/pleas")
    told = answer.json["items"]
    assert [(each["id"], each["reason"], each["device"], each["state"]) for each in told] == [
        (plea.id, "phone stolen", "Firefox on Android", "asked")
    ]
    assert spoken_code(front.clinic.box, plea) not in answer.text
    assert by_session(front, front.clinic.clinician).get("/pleas").status_code == 403


def test_the_code_read_out_and_ones_own_factor_let_them_begin_anew(front: Front, plea):
    """Either alone does nothing; both together are written down once."""
    approver, spoken = front.clinic.approver, spoken_code(front.clinic.box, plea)
    caller = by_session(front, approver)
    path = f"/pleas/{plea.id}/vouch"
    wrong = caller.send("POST", path, json={"spoken": "AAA-AAA", "code": approver.code().code})
    assert (wrong.status_code, set(wrong.json["faults"])) == (422, {"spoken"})
    assert caller.send("POST", path, json={"spoken": spoken, "code": "000000"}).status_code == 403
    assert caller.send("POST", path, json={"spoken": spoken}).status_code == 422
    right = caller.send("POST", path, json={"spoken": spoken.lower(), "code": approver.code().code})
    assert (right.status_code, right.json["state"]) == (200, "vouched")
    again = caller.send("POST", path, json={"spoken": spoken, "code": approver.code().code})
    assert again.status_code == 409
    assert front.clinic.events().count("factor.vouched") == 1


def test_refusing_takes_no_factor_and_changes_nothing_of_theirs(front: Front, plea):
    """Whoever does not know the voice says no at once."""
    caller = by_session(front, front.clinic.approver)
    assert caller.send("POST", f"/pleas/{plea.id}/refuse").json["state"] == "refused"
    assert caller.get("/pleas").json["items"] == []
    assert "factor.help_refused" in front.clinic.events()


def test_no_token_vouches(front: Front, plea):
    """Software never has a colleague on the phone, whatever its scopes and whoever it acts for."""
    caller = by_token(front, ["people:read", "requests:write"], front.clinic.approver)
    for answer in (caller.get("/pleas"), caller.send("POST", f"/pleas/{plea.id}/refuse")):
        assert (answer.status_code, answer.json["type"].rsplit("/", 1)[1]) == (403, "not-allowed")
