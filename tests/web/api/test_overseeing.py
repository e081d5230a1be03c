"""What reviewers and administrators do, by API."""

from __future__ import annotations

import pytest

from broker.identity.people import Role
from broker.review.oddities.keep import look_for_oddities
from broker.review.oddities.kin_marks import KinKind, KinMarks
from broker.revocation.reconcile.one_site import reconcile_site
from tests.fakes.front import BASE, Front
from tests.fakes.past import Past
from tests.fakes.software import Caller, asking, by_session, by_token


@pytest.fixture
def reviewer(archive: Front) -> Caller:
    return by_session(archive, archive.clinic.reviewer)


@pytest.fixture
def admin(archive: Front) -> Caller:
    return by_session(archive, archive.clinic.admin)


def test_a_review_is_listed_and_signed_once(past: Past, reviewer: Caller) -> None:
    """Misuse wants words; signed, it is off the list; again is a conflict."""
    grant = past.broken()
    due = reviewer.get("/reviews").json["items"]
    assert [(each["grant"]["id"], each["hindrance"]) for each in due] == [(grant.id, "")]
    where = f"/reviews/{grant.id}/sign"
    assert list(reviewer.post(where, {"outcome": "misuse"}).json["faults"]) == ["note"]
    signed = reviewer.post(where, {"outcome": "questionable", "note": "no emergency"})
    assert (signed.status_code, signed.json["outcome"]) == (200, "questionable")
    assert reviewer.get("/reviews").json["items"] == []
    assert reviewer.post(where, {"outcome": "questionable", "note": "no emergency"}).status_code == 409


def test_two_reviewers_settle_a_misuse_by_api(archive: Front, past: Past, reviewer: Caller) -> None:
    """One finds it, takes nobody's word for it, asks a colleague, who differs; it is opened again by either."""
    grant, second = past.broken(), past.join("second-reviewer", Role.REVIEWER)
    where, colleague = f"/reviews/{grant.id}", by_session(archive, second)
    assert reviewer.post(f"{where}/assign", {"to": past.reviewer.id}).json["assigned_to"] == past.reviewer.id
    assert [each["turn"] for each in reviewer.get("/reviews?show=mine").json["items"]] == [0]
    first = reviewer.post(f"{where}/sign", {"outcome": "misuse", "note": "no emergency", "turn": 0}).json
    assert (first["state"], first["outcome"], first["first"]["outcome"]) == ("second", None, "misuse")
    assert reviewer.post(f"{where}/assign", {"to": past.reviewer.id}).status_code == 422
    assert reviewer.post(f"{where}/assign", {"to": second.id}).status_code == 200
    assert colleague.post(f"{where}/sign", {"outcome": "appropriate", "turn": 0}).status_code == 409
    signed = colleague.post(f"{where}/sign", {"outcome": "appropriate", "turn": 1}).json
    assert (signed["state"], signed["outcome"], signed["turn"]) == ("signed", "appropriate", 2)
    assert reviewer.post(f"{where}/second-opinion", {"reason": "they differ"}).status_code == 409
    again = reviewer.post(f"{where}/reopen", {"reason": "they differ"}).json
    assert (again["state"], again["outcome"], again["first"]) == ("open", None, None)


def test_a_block_is_passed_by_a_stated_danger_by_api(archive: Front, past: Past) -> None:
    """Refused with what to do; with the danger stated it is granted."""
    past.broken()
    past.clock.advance(hours=25)
    clinician = by_session(archive, past.clinician)
    refused = clinician.post(
        "/requests", asking(path="break_glass", note="collapsed", code=past.clinician.code().code)
    )
    assert (refused.status_code, "how" in refused.text) == (403, True)
    stated = {"path": "break_glass", "danger": "bleeding, allergies unknown"}
    granted = clinician.post("/requests", asking(**stated, code=past.clinician.code().code))
    assert granted.status_code == 201, granted.text
    assert past.events().count("review.block_overridden") == 1


def test_whoever_had_a_part_in_it_cannot_sign(archive: Front, past: Past) -> None:
    """A reviewer who held or approved it; the list says why."""
    past.doubly_approved()
    involved = by_session(archive, past.reviewer)
    row = involved.get("/reviews").json["items"][0]
    assert "You approved this access" in row["hindrance"]
    answer = involved.post(f"/reviews/{row['grant']['id']}/sign", {"outcome": "appropriate"})
    assert answer.status_code == 403


def test_reviews_page_by_deadline(archive: Front, past: Past) -> None:
    """The nearest first, each once."""
    made = []
    for _ in range(3):
        made.append(past.broken().id)
        past.clock.advance(minutes=20)
    reviewer = by_session(archive, past.reviewer)
    seen, path = [], "/reviews?limit=2"
    while path:
        page = reviewer.get(path).json
        seen += [each["grant"]["id"] for each in page["items"]]
        path = (page["next"] or "").removeprefix(f"{BASE}/api/v1")
    assert seen == made


def test_the_history_is_searched_and_paged(past: Past, reviewer: Caller) -> None:
    """By person, state, day and way in; newest first, from page to page."""
    made = [past.ended(past.ordinary()).id, past.broken().id, past.ordinary().id]
    assert [each["id"] for each in reviewer.get("/history").json["items"]] == made[::-1]
    assert [each["id"] for each in reviewer.get("/history?state=revoked").json["items"]] == made[:1]
    assert [each["id"] for each in reviewer.get("/history?break_glass=true").json["items"]] == [made[1]]
    assert reviewer.get(f"/history?person={past.admin.id}").json["items"] == []
    assert reviewer.get("/history?from=2026-03-02&to=2026-03-01").status_code == 422
    assert reviewer.get("/history?from=0001-01-01&to=9999-12-31").status_code == 200
    first = reviewer.get("/history?limit=2&from=2026-03-01").json
    more = reviewer.get(first["next"].removeprefix(f"{BASE}/api/v1")).json
    assert [each["id"] for each in first["items"] + more["items"]] == made[::-1]


def test_a_patient_is_found_without_an_address_naming_them(past: Past, reviewer: Caller) -> None:
    """The clinic's id goes in a body; what comes back may stand in the history's address."""
    made, found = past.ordinary(), reviewer.post("/patients/find", {"patient": " p-1001 "}).json["id"]
    assert [each["id"] for each in reviewer.get(f"/history?patient={found}").json["items"]] == [made.id]
    assert reviewer.get("/history?patient=P-1001").status_code == 422
    assert reviewer.post("/patients/find", {"patient": "P-9999"}).status_code == 404


def test_the_story_of_an_access_is_its_ledger(past: Past, reviewer: Caller) -> None:
    """In words, in order, with the entries' numbers and the review that is due."""
    grant = past.ended(past.broken())
    story = reviewer.get(f"/history/{grant.id}").json
    titles = [step["title"] for step in story["steps"]]
    assert titles[0] == "clinician asked for access"
    assert "clinician broke the glass" in titles
    assert story["review"]["outcome"] is None
    assert reviewer.get("/history/grant_nowhere").status_code == 404


def test_the_ledger_is_told_and_checked(past: Past, reviewer: Caller) -> None:
    """Where it stands costs little; a check reads all of it."""
    past.broken()
    stands = reviewer.get("/ledger").json
    assert stands["size"] > 5
    checked = reviewer.post("/ledger/checks").json
    assert (checked["ok"], checked["entries"], checked["faults"]) == (True, stands["size"], [])


def test_a_difference_on_a_site_is_put_right(past: Past, admin: Caller) -> None:
    """Found, told with what would be done, done by the button's verb; then it is settled."""
    past.on_site()
    past.clock.advance(seconds=1)
    past.site.leases.clear()
    past.clock.advance(seconds=31)
    reconcile_site(past.equipment, "clinic")
    found = admin.get("/differences?site=clinic").json["items"]
    assert [each["kind"] for each in found] == ["missing"]
    assert admin.get("/sites").json["items"][0]["differences"] == 1
    assert admin.post(f"/differences/{found[0]['id']}/repair").json == {"settled": True, "left": None}
    assert admin.get("/differences").json["items"] == []


def test_a_site_is_asked_how_it_is(past: Past, admin: Caller) -> None:
    """Now, over the network, and what does not answer is told as that."""
    assert admin.post("/sites/clinic/health").json["reached"] is True
    past.site.fault = "down"
    asked = admin.post("/sites/clinic/health").json
    assert (asked["reached"], asked["well"]) == (False, False)
    assert admin.post("/sites/nowhere/health").status_code == 404


def test_people_are_listed_and_their_sessions_ended(archive: Front, past: Past, admin: Caller) -> None:
    """By name, a page at a time; one session or all, at once; not one's own by signing oneself out."""
    names = [each["name"] for each in admin.get("/people").json["items"]]
    assert names == sorted(names)
    somebody = by_session(archive, past.clinician)
    listed = admin.get(f"/people/{past.clinician.id}/sessions").json["items"]
    assert [each["here"] for each in listed] == [False]
    ended = admin.post(f"/people/{past.clinician.id}/sessions/{listed[0]['id']}/end")
    assert ended.status_code == 200
    assert somebody.get("/me").status_code == 401
    assert admin.post(f"/people/{past.admin.id}/sessions/{listed[0]['id']}/end").status_code == 404
    by_session(archive, past.admin)
    assert admin.post(f"/people/{past.admin.id}/sign-out").json == {"count": 1}
    assert admin.get("/me").status_code == 200
    assert admin.get("/people/person_nowhere/sessions").status_code == 404


def test_software_with_the_scope_looks_at_all_of_it(archive: Front, past: Past) -> None:
    """Reviews, history, sites and people, without being anybody; it signs nothing."""
    grant = past.broken()
    board = by_token(archive, ["reviews:read", "reviews:write", "history:read", "people:read"])
    assert board.get("/reviews").json["items"][0]["hindrance"]
    assert board.get("/history").json["items"][0]["id"] == grant.id
    assert board.get("/people").json["items"]
    assert board.post(f"/reviews/{grant.id}/sign", {"outcome": "appropriate"}).status_code == 403


def test_the_policy_in_force_is_told(past: Past, admin: Caller) -> None:
    """With the digest that every request names."""
    told = admin.get("/policy").json
    assert told["digest"] == past.equipment.catalog.digest
    assert {"telehealth-recording", "wordpress-notes"} <= {
        each["offer"]["entitlement"] for each in told["rules"]
    }


def test_what_a_request_opens_is_asked_of_its_site(archive: Front, past: Past) -> None:
    """Nothing is asked where the names say all."""
    asked = past.ask().request
    caller = by_session(archive, past.approver)
    assert caller.get(f"/requests/{asked.id}/opened").json == {"asked": False, "words": []}


def test_an_approver_sees_only_what_they_may_decide(archive: Front, past: Past) -> None:
    """A clinician's list of what waits is not theirs to open; a role that was taken is gone at the next call."""
    from broker.identity.people import set_roles

    past.ask()
    caller = by_session(archive, past.approver)
    assert len(caller.get("/waiting").json["items"]) == 1
    with past.store.write() as tx:
        set_roles(tx, past.ledger, past.approver.id, [Role.CLINICIAN], actor="broker")
    assert caller.get("/waiting").status_code == 403


def test_what_looks_odd_is_told_and_put_away_by_api(archive: Front, past: Past) -> None:
    """With its sentence and its grants; of one of them a review is opened; then it is gone from the list."""
    marks, grant = KinMarks(bytes(32)), past.ordinary()
    with past.store.write() as tx:
        marks.put(tx, grant.patient_id, [(KinKind.SURNAME, "clinician")])
    look_for_oddities(past.equipment, past.zone, marks)
    reviewer = by_session(archive, past.reviewer)
    (odd,) = reviewer.get("/oddities").json["items"]
    assert (odd["signal"], odd["person"]["id"], odd["count"]) == ("own_kin", past.clinician.id, 1)
    assert [each["id"] for each in odd["grants"]] == [grant.id]
    opened = reviewer.post(f"/oddities/{odd['id']}/reviews", {"grant": grant.id})
    assert (opened.status_code, opened.json["state"]) == (200, "open")
    stale = {"newest_at": "2026-01-01T00:00:00Z"}
    assert reviewer.post(f"/oddities/{odd['id']}/looked-at", stale).status_code == 409
    seen = {"newest_at": odd["newest_at"]}
    assert reviewer.post(f"/oddities/{odd['id']}/looked-at", seen).status_code == 200
    assert reviewer.get("/oddities").json["items"] == []
