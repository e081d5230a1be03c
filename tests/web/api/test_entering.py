"""Who one is, and where one is signed in, by API."""

from __future__ import annotations

from broker.identity.people import Role
from tests.fakes.front import BASE, Front
from tests.fakes.software import Caller, by_session, by_token, nobody


def test_a_session_tells_its_form_token(front: Front, clinician: Caller) -> None:
    """With who it is and until when; the token works, and software by token is told that there is none for it."""
    told = clinician.get("/session").json
    assert told["person"]["roles"] == ["clinician"]
    clinician.headers["X-CSRF-Token"] = told["csrf_token"]
    assert clinician.post("/sessions/end-others").status_code == 200
    assert by_token(front, [], front.clinic.clinician).get("/session").status_code == 403


def test_sessions_are_listed_and_ended(front: Front, clinician: Caller) -> None:
    """One's own; another device's first, then this one, which is out at once."""
    other = by_session(front, front.clinic.clinician)
    rows = clinician.get("/sessions").json["items"]
    assert sorted(each["here"] for each in rows) == [False, True]
    elsewhere = next(each["id"] for each in rows if not each["here"])
    assert clinician.post(f"/sessions/{elsewhere}/end").json == {"count": 1}
    assert other.get("/sessions").status_code == 401
    here = next(each["id"] for each in rows if each["here"])
    assert clinician.post(f"/sessions/{here}/end").status_code == 200
    assert clinician.get("/sessions").status_code == 401


def test_anothers_session_is_not_there(front: Front, clinician: Caller, admin: Caller) -> None:
    """Not even an administrator ends it here; that is done at the person."""
    mine = clinician.get("/sessions").json["items"][0]["id"]
    assert admin.post(f"/sessions/{mine}/end").status_code == 404
    assert clinician.get("/me").status_code == 200


def test_the_password_alone_opens_nothing(front: Front) -> None:
    """The factor is missing, and the answer says so."""
    caller = by_session(front, front.clinic.clinician, first_factor=True)
    answer = caller.get("/session")
    assert (answer.status_code, answer.json["type"].rsplit("/", 1)[1]) == (401, "second-factor-missing")


def test_an_idle_session_is_over_for_the_api_too(front: Front, clinician: Caller) -> None:
    front.clinic.clock.advance(minutes=31)
    assert clinician.get("/me").status_code == 401


def test_using_the_api_is_being_at_work(front: Front, clinician: Caller) -> None:
    """Whoever works through a program is not signed out in the middle of it."""
    for _ in range(4):
        front.clinic.clock.advance(minutes=20)
        assert clinician.get("/requests").status_code == 200


def test_no_other_origin_is_let_in(front: Front) -> None:
    """Neither asked about beforehand nor answered readably."""
    client = front.app.test_client()
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for answer in (
        client.options("/api/v1/requests", base_url=BASE, headers=headers),
        client.get("/api/v1/me", base_url=BASE, headers=headers),
    ):
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]
    assert nobody(front).get("/me").status_code == 401


def test_a_session_of_somebody_without_roles_opens_no_roles_doors(front: Front) -> None:
    """They may look at themselves, and at nothing of others'."""
    caller = by_session(front, front.clinic.join("newcomer"))
    assert caller.get("/me").json["person"]["roles"] == []
    for path in ("/waiting", "/reviews", "/history", "/sites", "/people", "/ledger", "/policy"):
        assert caller.get(path).status_code == 403, path
    assert Role.CLINICIAN not in caller.get("/me").json["person"]["roles"]
