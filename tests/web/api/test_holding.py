"""Access by API: what it opens, more of it, a link to it, its end by everybody who may end it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from broker.access.activate import activate
from broker.access.grant import Grant
from broker.credentials.tokens.issue import issue_for_grant
from tests.fakes.front import PATIENT, Front
from tests.fakes.past import Past
from tests.fakes.software import Caller, by_session, by_token


@pytest.fixture
def shelf(front: Front) -> Grant:
    """Live access to a recording that can be opened."""
    front.fill_shelf(bytes(1_000))
    issued = front.clinic.break_glass(patient_ref=PATIENT).grant
    assert issued is not None
    return activate(front.clinic.equipment, issued.id)


def test_the_holder_ends_it_and_twice_is_no_error(front: Front, shelf: Grant, clinician: Caller) -> None:
    """Handed back, told so both times, and the ledger has one end."""
    for _ in range(2):
        ended = clinician.post(f"/grants/{shelf.id}/end")
        assert (ended.status_code, ended.json["cause"], ended.json["live"]) == (200, "handed_back", False)
    assert front.clinic.events().count("grant.revoked") == 1


def test_software_with_the_scope_ends_it(front: Front, shelf: Grant) -> None:
    """As security does; the ledger names the client."""
    board = by_token(front, ["grants:end"])
    assert board.post(f"/grants/{shelf.id}/end").json["cause"] == "ended_by_security"
    with front.clinic.store.read() as reader:
        row = reader.execute(text("SELECT actor_id FROM ledger_entries WHERE event = 'grant.revoked'")).one()
    assert row.actor_id.startswith("client_")


def test_an_end_waits_for_no_kept_answer(front: Front, shelf: Grant, clinician: Caller) -> None:
    """Where keys of requests cannot be written down, access ends all the same."""
    with front.clinic.store.write() as tx:
        tx.execute(text("DROP TABLE kept_answers"))
    ended = clinician.post(f"/grants/{shelf.id}/end", Idempotency_Key="k-1")
    assert (ended.status_code, ended.json["live"]) == (200, False)


def test_many_end_it_at_once(front: Front, shelf: Grant) -> None:
    """Each is told that it has ended, and it ends once."""
    callers = [by_session(front, each) for each in (front.clinic.clinician, front.clinic.admin)] * 2
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda caller: caller.post(f"/grants/{shelf.id}/end"), callers))
    assert {answer.status_code for answer in answers} == {200}
    assert front.clinic.events().count("grant.revoked") == 1


def test_a_link_opens_on_another_device_once(front: Front, shelf: Grant, clinician: Caller) -> None:
    """Its address leads to the page of links; a thing the access does not name, or that is over, gives none."""
    holding = shelf.scope["holdings"][0]
    made = clinician.post(f"/grants/{shelf.id}/links", {"holding": holding})
    assert made.status_code == 201, made.text
    assert "/links/" in made.json["address"]
    assert clinician.post(f"/grants/{shelf.id}/links", {"holding": "rec_other"}).status_code == 404
    clinician.post(f"/grants/{shelf.id}/end")
    assert clinician.post(f"/grants/{shelf.id}/links", {"holding": holding}).status_code == 409


def test_the_same_key_hands_out_the_same_link(front: Front, shelf: Grant, clinician: Caller) -> None:
    """And the database shows none of it."""
    body = {"holding": shelf.scope["holdings"][0]}
    first, again = (clinician.post(f"/grants/{shelf.id}/links", body, Idempotency_Key="k-1") for _ in "12")
    assert first.json == again.json
    with front.clinic.store.read() as reader:
        kept = reader.execute(text("SELECT sealed FROM kept_answers")).scalar_one()
    assert first.json["address"].rsplit("/", 1)[1].encode()[:30] not in bytes(kept)


def test_more_time_is_a_new_request(front: Front, shelf: Grant, clinician: Caller) -> None:
    """With a code, linked to what runs; another's access is not there."""
    asked = clinician.post(f"/grants/{shelf.id}/extensions", {"minutes": 15, "code": clinician.code()})
    assert asked.status_code == 201, asked.text
    assert (asked.json["path"], asked.json["extends"]) == ("extension", shelf.id)
    other = by_session(front, front.clinic.admin)
    refused = other.post(f"/grants/{shelf.id}/extensions", {"minutes": 15, "code": other.code()})
    assert refused.status_code == 404


def test_what_software_holds_of_it_is_told_and_taken_back(archive: Front, past: Past) -> None:
    """How many tokens are out and of whom; withdrawn, they are dead and the access goes on."""
    grant = past.broken(entitlement="ehr-allergies-medication")
    clinician = by_session(archive, past.clinician)
    offer = clinician.get(f"/grants/{grant.id}").json["software"]
    about: dict[str, Any] = {"audience": offer["audience"], "jkt": None, "client_id": by_client(archive)}
    with past.store.write() as tx:
        issue_for_grant(tx, archive.parts.mint, grant=grant, **about)
    assert [each["count"] for each in clinician.get(f"/grants/{grant.id}").json["software"]["out"]] == [1]
    assert clinician.post(f"/grants/{grant.id}/tokens/withdraw").json == {"count": 1}
    told = clinician.get(f"/grants/{grant.id}").json
    assert (told["software"]["out"], told["effective"]) == ([], True)


def by_client(front: Front) -> str:
    return str(by_token(front, []).get("/me").json["client"]["id"])


def test_lists_narrow_by_state(front: Front, shelf: Grant, clinician: Caller, admin: Caller) -> None:
    """One's own by default, everybody's for who oversees them."""
    assert [each["id"] for each in clinician.get("/grants").json["items"]] == [shelf.id]
    assert clinician.get("/grants?state=revoked").json["items"] == []
    assert clinician.get("/grants?whose=all").status_code == 403
    assert len(admin.get("/grants?whose=all&state=active").json["items"]) == 1
