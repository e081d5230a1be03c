"""What surrounds every operation: problems, form tokens, kept answers, pages, and 304 while nothing is new."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select, update

from broker.web.api.frame.kept_answers import forget_old
from broker.web.api.frame.tables import kept_answers
from broker.web.frame.problem_kinds import KINDS
from tests.fakes.front import BASE, Front
from tests.fakes.software import Caller, asking, by_session, by_token, nobody


def test_every_refusal_is_a_problem_document(front: Front, clinician: Caller) -> None:
    """Whatever says no, the framework among them: type, title, status, detail and the reference of the answer."""
    found = {
        404: clinician.get("/nowhere"),
        405: clinician.send("DELETE", "/requests"),
        401: nobody(front).get("/requests"),
        413: clinician.post("/requests", {"note": "x" * 70_000}),
        415: clinician.send("POST", "/requests", data={"patient": "P-1001"}),
        422: clinician.post("/requests", {}),
        400: clinician.send("POST", "/requests", data="{", content_type="application/json"),
    }
    for status, answer in found.items():
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
        told = answer.json
        assert told["status"] == status
        assert told["reference"] == answer.headers["X-Request-Id"]
        assert {"type", "title", "detail"} <= set(told)
    assert found[405].headers["Allow"]


def test_a_type_leads_to_what_it_means(front: Front, clinician: Caller) -> None:
    """The address in ``type`` answers anybody with the words for it; every kind has one."""
    told = clinician.get("/requests/req_nowhere").json
    client = front.app.test_client()
    meaning = client.get(told["type"].removeprefix(BASE), base_url=BASE).json
    assert (meaning["name"], meaning["status"]) == ("not-found", 404)
    for name, kind in KINDS.items():
        assert client.get(f"/api/problems/{name}", base_url=BASE).json["title"] == kind.title
    assert client.get("/api/problems/none", base_url=BASE).status_code == 404


def test_a_crash_gives_nothing_away(front: Front, clinician: Caller) -> None:
    """500 as a problem, without a word of what went wrong inside."""

    def crash() -> str:
        raise RuntimeError("canary")

    front.app.config["TESTING"] = False
    front.app.config["PROPAGATE_EXCEPTIONS"] = False
    front.app.view_functions["api.show_me"] = crash
    answer = clinician.get("/me")
    assert (answer.status_code, answer.json["title"]) == (500, KINDS["failed"].title)
    assert "canary" not in answer.text


def test_a_foreign_host_is_told_as_a_problem(front: Front) -> None:
    """Also what is refused before any address is looked at."""
    answer = front.app.test_client().get("/api/v1/me", base_url="http://evil.example")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert "evil.example" not in answer.text


@pytest.mark.parametrize("token", [None, "made up", "another's"])
def test_a_cookie_changes_nothing_without_its_form_token(
    front: Front, clinician: Caller, approver: Caller, token: str | None
) -> None:
    """Another site can make a browser post, but it cannot read the token; one of another session is none."""
    del clinician.headers["X-CSRF-Token"]
    headers = {} if token is None else {"X-CSRF-Token": token}
    if token == "another's":
        headers["X-CSRF-Token"] = approver.headers["X-CSRF-Token"]
    answer = clinician.post("/requests", asking(code=clinician.code()), **headers)
    assert (answer.status_code, answer.json["type"].rsplit("/", 1)[1]) == (403, "csrf-token")
    assert clinician.post("/sessions/end-others", **headers).status_code == 403
    assert "request.asked" not in front.clinic.events()


def test_a_cookie_does_not_help_a_token(front: Front, clinician: Caller) -> None:
    """Whoever sends a token is judged by the token: a bad one is refused although a session is there."""
    for authorization in ("Bearer nonsense", "Basic Zm9vOmJhcg==", "Bearer", "DPoP x"):
        answer = clinician.get("/requests", Authorization=authorization)
        assert answer.status_code == 401, authorization
        assert answer.headers["WWW-Authenticate"].split()[0] in {"Bearer", "DPoP"}


def test_a_form_is_no_json(clinician: Caller) -> None:
    """What a form of another site can send is refused by its type, where there is no body to read too."""
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = clinician.send("POST", "/sessions/end-others", data="x=1", content_type=kind)
        assert answer.status_code in {400, 415}, kind


def test_no_null_character_gets_in(clinician: Caller) -> None:
    """Neither raw nor escaped: a database refuses it late, another keeps it for ever."""
    answer = clinician.post("/requests", asking(note="a\0b", code=clinician.code()))
    assert (answer.status_code, list(answer.json["faults"])) == (422, ["note"])
    assert clinician.get("/requests?state=%00").status_code == 400


def test_half_a_letter_gets_no_further(clinician: Caller) -> None:
    """A lone surrogate is no text: 400, not a crash when it is stored."""
    body = '{"patient":"\\ud800","entitlement":"e","purpose":"p","reason":"r","minutes":1,"code":"1"}'
    answer = clinician.send("POST", "/requests", data=body, content_type="application/json")
    assert answer.status_code in {400, 422}


class TestKeptAnswers:
    """Idempotency-Key: what was asked twice is done once."""

    def test_the_same_again_is_answered_alike(self, front: Front, clinician: Caller) -> None:
        """One request, the same answer, and it says that it is the first one's; a new code changes nothing."""
        first = clinician.post("/requests", asking(code=clinician.code()), Idempotency_Key="k-1")
        again = clinician.post("/requests", asking(code=clinician.code()), Idempotency_Key="k-1")
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.data == first.data
        assert again.headers["Location"] == first.headers["Location"]
        assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (
            None,
            "true",
        )
        assert front.clinic.events().count("request.asked") == 1

    def test_another_request_needs_another_key(self, clinician: Caller) -> None:
        """422, whether the body differs or the address."""
        made = clinician.post("/requests", asking(code=clinician.code()), Idempotency_Key="k-1").json
        other = clinician.post("/requests", asking(minutes=30, code=clinician.code()), Idempotency_Key="k-1")
        elsewhere = clinician.post(f"/requests/{made['id']}/withdraw", Idempotency_Key="k-1")
        for answer in (other, elsewhere):
            assert (answer.status_code, answer.json["type"].rsplit("/", 1)[1]) == (422, "key-reused")

    def test_a_key_is_its_callers_own(self, front: Front, clinician: Caller) -> None:
        """Two people, or one person by two programs, may use the same key and see nothing of each other."""
        made = clinician.post("/requests", asking(code=clinician.code()), Idempotency_Key="k-1").json
        board = by_token(front, ["requests:write"], front.clinic.clinician)
        again = board.post("/requests", asking(code=board.code()), Idempotency_Key="k-1").json
        assert again["id"] != made["id"]

    def test_a_refusal_is_not_kept(self, clinician: Caller) -> None:
        """A mistyped code is typed again with the same key."""
        refused = clinician.post("/requests", asking(code="000000"), Idempotency_Key="k-1")
        taken = clinician.post("/requests", asking(code=clinician.code()), Idempotency_Key="k-1")
        assert (refused.status_code, taken.status_code) == (403, 201)

    def test_of_several_at_once_one_is_answered(self, front: Front, clinician: Caller) -> None:
        """The others hear that it is being answered, or get the same answer; one request is made."""
        code, barrier = clinician.code(), Barrier(6)
        callers = [by_session(front, front.clinic.clinician) for _ in range(6)]

        def go(caller: Caller) -> int:
            barrier.wait()
            return caller.post("/requests", asking(code=code), Idempotency_Key="k-1").status_code

        with ThreadPoolExecutor(6) as pool:
            statuses = list(pool.map(go, callers))
        assert set(statuses) <= {201, 409}
        assert 201 in statuses
        assert front.clinic.events().count("request.asked") == 1

    def test_one_who_died_while_answering_does_not_block_the_key(
        self, front: Front, clinician: Caller
    ) -> None:
        """In the first minute it is in progress; then it is answered anew, and nothing is done twice."""
        made = clinician.post("/requests", asking(code=clinician.code()), Idempotency_Key="k-1").json
        with front.clinic.store.write() as tx:
            tx.execute(update(kept_answers).values(sealed=None, asked_at=tx.at))
        busy = clinician.post("/requests", asking(code="1"), Idempotency_Key="k-1")
        assert (busy.status_code, busy.headers["Retry-After"]) == (409, "1")
        front.clinic.clock.advance(seconds=61)
        again = clinician.post("/requests", asking(code=clinician.code()), Idempotency_Key="k-1")
        assert (again.status_code, again.json["id"]) == (201, made["id"])

    def test_a_day_later_it_is_forgotten(self, front: Front, clinician: Caller) -> None:
        """The row goes, and the key may be used anew."""
        clinician.post("/requests", asking(code=clinician.code()), Idempotency_Key="k-1")
        assert forget_old(front.clinic.store) == 0
        front.clinic.clock.advance(hours=24)
        assert forget_old(front.clinic.store) == 1

    def test_the_database_alone_shows_no_answer(self, front: Front, clinician: Caller) -> None:
        """What is kept is sealed, and the key itself is not there."""
        clinician.post("/requests", asking(code=clinician.code()), Idempotency_Key="canary-key")
        with front.clinic.store.read() as reader:
            row = repr(reader.all(select(kept_answers)))
        assert "P-1001" not in row
        assert "canary-key" not in row

    @pytest.mark.parametrize("key", ["with space", "ü", "x" * 256])
    def test_a_key_is_plain(self, clinician: Caller, key: str) -> None:
        answer = clinician.post("/requests", asking(), Idempotency_Key=key)
        assert answer.status_code == 400


class TestPages:
    """Long lists, from place to place."""

    def test_pages_lead_through_the_whole_list(self, front: Front, clinician: Caller) -> None:
        """Each once, newest first, also when one is added on the way; Link and ``next`` say the same."""
        made = [clinician.post("/requests", asking(code=clinician.code())).json["id"] for _ in range(5)]
        seen, path = [], "/requests?limit=2"
        while path:
            answer = clinician.get(path)
            seen += [each["id"] for each in answer.json["items"]]
            link = re.fullmatch(r'<(.*)>; rel="next"', answer.headers.get("Link", ""))
            assert (link and link[1]) == answer.json["next"]
            path = (answer.json["next"] or "").removeprefix(f"{BASE}/api/v1")
            if len(seen) == 2:
                clinician.post("/requests", asking(code=clinician.code()))
        assert seen == made[::-1]

    def test_a_cursor_belongs_to_its_list(self, front: Front, admin: Caller) -> None:
        """An edited one, one of another list or another question is refused."""
        first = admin.get("/people?limit=1").json["next"]
        cursor = first.rsplit("after=", 1)[1]
        assert admin.get(f"/people?limit=2&after={cursor}").status_code == 200
        for path in (
            f"/sites?after={cursor}",
            f"/people?after={cursor[:-2]}xx",
            "/people?after=%F0%9F",
            "/people?after=",
        ):
            answer = admin.get(path)
            assert (answer.status_code, list(answer.json["faults"])) == (422, ["after"]), path

    @pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "limit=1&limit=2"])
    def test_a_limit_is_a_number_in_bounds(self, admin: Caller, query: str) -> None:
        assert admin.get(f"/people?{query}").status_code == 422


class TestNews:
    """ETag and If-None-Match, where somebody polls."""

    def test_nothing_new_is_304(self, clinician: Caller, approver: Caller) -> None:
        """Until it changes; then the whole answer comes, with another mark."""
        made = clinician.post("/requests", asking(code=clinician.code())).json
        seen = clinician.get(f"/requests/{made['id']}")
        again = clinician.get(f"/requests/{made['id']}", If_None_Match=seen.headers["ETag"])
        assert (again.status_code, again.data) == (304, b"")
        approver.post(f"/requests/{made['id']}/decisions", {"verdict": "approve"})
        news = clinician.get(f"/requests/{made['id']}", If_None_Match=seen.headers["ETag"])
        assert (news.status_code, news.json["state"]) == (200, "approved")

    def test_polling_keeps_nobody_signed_in(self, front: Front, clinician: Caller) -> None:
        """An unattended ward PC signs itself out although a program of the page goes on asking."""
        mark = clinician.get("/requests").headers["ETag"]
        for _ in range(7):
            front.clinic.clock.advance(minutes=5)
            answer = clinician.get("/requests", If_None_Match=mark)
        assert answer.status_code == 401

    def test_every_answer_stays_out_of_caches(self, clinician: Caller) -> None:
        for path in ("/requests", "/nowhere", "/me"):
            assert clinician.get(path).headers["Cache-Control"] == "no-store"
