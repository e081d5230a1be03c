"""Asking for access by API: the same verbs as the form, told as JSON."""

from __future__ import annotations

from tests.fakes.front import Front
from tests.fakes.software import Caller, asking, by_session, by_token


def test_what_is_offered_is_what_the_form_offers(clinician: Caller, admin: Caller) -> None:
    """A clinician sees the entitlements with their lengths; an administrator may ask for nothing."""
    offered = clinician.get("/offers").json
    assert "telehealth-recording" in {each["entitlement"] for each in offered["items"]}
    assert {"code": "ETREAT", "words": "Emergency treatment"} in offered["purposes"]
    assert admin.get("/offers").json["items"] == []


def test_a_request_waits_and_is_decided(front: Front, clinician: Caller, approver: Caller) -> None:
    """Asked with a code, seen by the approver as theirs to decide, approved: the access is live."""
    asked = clinician.post("/requests", asking(code=clinician.code()))
    assert asked.status_code == 201, asked.text
    assert asked.json["state"] == "pending"
    assert asked.json["may"] == ["withdraw"]
    waiting = approver.get("/waiting").json["items"]
    assert [each["id"] for each in waiting] == [asked.json["id"]]
    decided = approver.post(f"/requests/{asked.json['id']}/decisions", {"verdict": "approve"})
    assert decided.status_code == 200, decided.text
    assert decided.json["state"] == "approved"
    access = clinician.get(f"/grants/{decided.json['grant']}").json
    assert (access["state"], access["effective"]) == ("active", True)
    assert access["may"] == ["end", "extend", "link"]
    assert asked.headers["Location"].endswith(f"/api/v1/requests/{asked.json['id']}")


def test_the_glass_is_broken_at_once(clinician: Caller) -> None:
    """The louder way in answers with access, and a review is owed."""
    asked = clinician.post("/requests", asking(path="break_glass", code=clinician.code()))
    assert asked.status_code == 201, asked.text
    assert asked.json["state"] == "approved"
    assert asked.json["grant"]


def test_without_a_code_nothing_is_asked(front: Front, clinician: Caller) -> None:
    """Whoever calls: a session that is fresh does not stand for it, nor does a token."""
    for caller in (clinician, by_token(front, ["requests:write"], front.clinic.clinician)):
        answer = caller.post("/requests", asking())
        assert answer.status_code == 422
        assert "code" in answer.json["faults"]
    assert "request.asked" not in front.clinic.events()


def test_a_wrong_code_is_told_and_counted(front: Front, clinician: Caller) -> None:
    """403 with its own type, and after enough of them 429 with the seconds to wait."""
    answer = clinician.post("/requests", asking(code="000000"))
    assert answer.status_code == 403
    assert answer.json["type"].endswith("/api/problems/code-refused")
    for _ in range(20):
        answer = clinician.post("/requests", asking(code="000000"))
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_the_api_is_no_way_around_the_forms_limit(front: Front, clinician: Caller) -> None:
    """As many requests a minute as by the form; what ends something goes on."""
    statuses = [clinician.post("/requests", asking(code="x")).status_code for _ in range(21)]
    assert statuses[-1] == 429
    made = front.clinic.ask().request
    assert clinician.post(f"/requests/{made.id}/withdraw").status_code == 200


def test_a_fault_is_told_by_field(clinician: Caller) -> None:
    """Policy's words for what it does not allow, and the shape's for what is no value at all."""
    answer = clinician.post("/requests", asking(minutes=1, code=clinician.code()))
    assert answer.status_code in {201, 422}
    answer = clinician.post("/requests", asking(purpose="HMARKT", code=clinician.code()))
    assert (answer.status_code, list(answer.json["faults"])) == (422, ["purpose"])
    answer = clinician.post("/requests", asking(minutes="soon", surprise=1))
    assert (answer.status_code, sorted(answer.json["faults"])) == (422, ["minutes", "surprise"])


def test_nobody_learns_who_is_a_patient(clinician: Caller) -> None:
    """An unknown patient and one that policy does not cover are answered alike, and neither is repeated."""
    unknown = clinician.post("/requests", asking(patient="P-9999", code=clinician.code()))
    foreign = clinician.post("/requests", asking(patient="P-2002", path="break_glass", code=clinician.code()))
    assert unknown.status_code == foreign.status_code == 422, foreign.text
    assert unknown.json["faults"] == foreign.json["faults"]
    assert "P-9999" not in unknown.text


def test_a_request_is_withdrawn_by_its_person_alone(front: Front, clinician: Caller, admin: Caller) -> None:
    """Somebody else's is not there; twice is a conflict that says how it stands."""
    made = clinician.post("/requests", asking(code=clinician.code())).json
    assert admin.post(f"/requests/{made['id']}/withdraw").status_code == 404
    assert clinician.post(f"/requests/{made['id']}/withdraw").json["state"] == "withdrawn"
    again = clinician.post(f"/requests/{made['id']}/withdraw")
    assert (again.status_code, again.json["title"]) == (409, "Something changed in the meantime")


def test_the_glass_is_broken_instead_of_waiting(front: Front, clinician: Caller) -> None:
    """Not before the approvers had their time; then at once, and the waiting request is withdrawn."""
    made = clinician.post("/requests", asking(code=clinician.code())).json
    early = clinician.post(f"/requests/{made['id']}/break-glass", {"code": clinician.code()})
    assert early.status_code == 403
    front.clinic.clock.advance(minutes=6)
    seen = clinician.get(f"/requests/{made['id']}").json
    assert seen["may"] == ["withdraw", "break-glass"]
    broken = clinician.post(f"/requests/{made['id']}/break-glass", {"code": clinician.code()})
    assert broken.status_code == 201, broken.text
    assert broken.json["path"] == "break_glass"
    assert clinician.get(f"/requests/{made['id']}").json["state"] == "withdrawn"


def test_lists_are_ones_own_unless_one_oversees(front: Front, clinician: Caller, approver: Caller) -> None:
    """A clinician cannot list what others asked; an approver can, and software with the scope always does."""
    clinician.post("/requests", asking(code=clinician.code()))
    assert len(clinician.get("/requests").json["items"]) == 1
    assert clinician.get("/requests?whose=all").status_code == 403
    assert approver.get("/requests").json["items"] == []
    assert len(approver.get("/requests?whose=all").json["items"]) == 1
    board = by_token(front, ["requests:read"])
    assert len(board.get("/requests").json["items"]) == 1
    assert len(board.get("/requests?state=denied").json["items"]) == 0


def test_saying_the_same_twice_is_no_error(front: Front, clinician: Caller, approver: Caller) -> None:
    """The same verdict again answers as it stands; another one is a conflict."""
    made = clinician.post("/requests", asking(code=clinician.code())).json
    where = f"/requests/{made['id']}/decisions"
    assert approver.post(where, {"verdict": "deny"}).status_code == 422
    first = approver.post(where, {"verdict": "deny", "comment": "not on shift"})
    again = approver.post(where, {"verdict": "deny", "comment": "not on shift"})
    assert first.json == again.json
    assert first.json["answers"][0]["verdict"] == "deny"
    assert approver.post(where, {"verdict": "approve"}).status_code == 409


def test_nobody_decides_their_own(front: Front) -> None:
    """Whatever else they are."""
    from broker.identity.people import Role

    both = by_session(front, front.clinic.join("both", Role.CLINICIAN, Role.APPROVER))
    made = both.post("/requests", asking(code=both.code()))
    answer = both.post(f"/requests/{made.json['id']}/decisions", {"verdict": "approve"})
    assert answer.status_code == 403
    assert both.get("/waiting").json["items"] == []


def test_a_person_bound_token_acts_as_its_person(front: Front) -> None:
    """With the scope and a code the token asks; the approver's token needs a code where a session need not."""
    scopes = ["requests:read", "requests:write"]
    asker = by_token(front, scopes, front.clinic.clinician)
    made = asker.post("/requests", asking(code=asker.code()))
    assert made.status_code == 201, made.text
    assert made.json["person"]["id"] == front.clinic.clinician.id
    decider = by_token(front, scopes, front.clinic.approver)
    where = f"/requests/{made.json['id']}/decisions"
    assert decider.post(where, {"verdict": "approve"}).status_code == 422
    assert decider.post(where, {"verdict": "approve", "code": decider.code()}).json["state"] == "approved"
