"""Every operation of the API by every kind of caller: who gets in, and that nobody else does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from werkzeug.test import TestResponse

from broker.credentials.clients.scopes import SCOPES
from broker.web.api.families import FAMILIES
from broker.web.api.frame.operation import Operation
from tests.fakes.software import Caller, by_session, by_token, nobody
from tests.security.estate import Estate

EVERYBODY = frozenset({"clinician", "other clinician", "approver", "reviewer", "admin"})
BUT_OTHER = EVERYBODY - {"other clinician"}
HOLDER, LOOKS, RUNS = frozenset({"clinician"}), frozenset({"reviewer", "admin"}), frozenset({"admin"})


@dataclass(frozen=True)
class Door:
    """``people`` get in; the rest of those signed in meet ``others``. ``inside`` are words of a refusal from further in."""

    people: frozenset[str]
    scope: str | None
    software: bool = False
    others: int = 403
    body: dict[str, object] | None = None
    inside: str = "code-refused"


CODE: dict[str, object] = {"code": "000000"}
DOORS: dict[str, Door] = {
    "show_session": Door(EVERYBODY, None),
    "list_sessions": Door(EVERYBODY, None),
    "end_one_session": Door(HOLDER, None, others=404),
    "end_other_sessions": Door(EVERYBODY, None),
    "list_offers": Door(EVERYBODY, "requests:read"),
    "list_requests": Door(EVERYBODY, "requests:read", software=True),
    "ask_for_access": Door(EVERYBODY, "requests:write", body={}),
    "show_request": Door(BUT_OTHER, "requests:read", software=True, others=404),
    "withdraw_request": Door(HOLDER, "requests:write", others=404),
    "break_glass_instead_of": Door(HOLDER, "requests:write", others=404, body=CODE),
    "show_opened": Door(BUT_OTHER, "requests:read", software=True, others=404),
    "list_waiting": Door(frozenset({"approver", "reviewer"}), "requests:read"),
    "list_pleas": Door(frozenset({"approver"}), None),
    "vouch_for_plea": Door(
        frozenset({"approver"}),
        None,
        body={**CODE, "spoken": "AAA-AAA"},
        inside="not the code on their screen",
    ),
    "refuse_plea": Door(frozenset({"approver"}), None),
    "list_grants": Door(EVERYBODY, "grants:read", software=True),
    "show_grant": Door(BUT_OTHER, "grants:read", software=True, others=404),
    "show_receipt": Door(
        BUT_OTHER, "grants:read", software=True, others=404, inside="not signed this access"
    ),
    "end_grant": Door(BUT_OTHER, "grants:end", software=True, others=404),
    "withdraw_grant_tokens": Door(BUT_OTHER, "grants:end", others=404),
    "extend_grant": Door(HOLDER, "requests:write", others=404, body={**CODE, "minutes": 15}),
    "hand_out_link": Door(HOLDER, "requests:write", others=404, body={}),
    "list_reviews": Door(frozenset({"reviewer"}), "reviews:read", software=True),
    "sign_review": Door(frozenset({"reviewer"}), "reviews:write", body={"outcome": "appropriate"}),
    "assign_review": Door(frozenset({"reviewer"}), "reviews:write", body={"to": None}),
    "reopen_review": Door(
        frozenset({"reviewer"}), "reviews:write", body={"reason": "look again"}, inside="open already"
    ),
    "list_oddities": Door(frozenset({"reviewer"}), "reviews:read", software=True),
    "look_at_oddity": Door(frozenset({"reviewer"}), "reviews:write", body={}),
    "review_oddity": Door(
        frozenset({"reviewer"}), "reviews:write", body={"grant": "grant_none"}, inside="none of those"
    ),
    "ask_second_opinion_on": Door(
        frozenset({"reviewer"}), "reviews:write", body={"reason": "look again"}, inside="open already"
    ),
    "search_history": Door(LOOKS, "history:read", software=True),
    "show_story": Door(LOOKS, "history:read", software=True),
    "take_history_file": Door(LOOKS, "history:read", software=True, body={"format": "csv"}),
    "show_history_pictures": Door(LOOKS, "history:read", software=True),
    "list_views": Door(LOOKS, "history:read"),
    "save_view": Door(LOOKS, "history:read", body={"name": "nights"}, inside="of that name already"),
    "change_saved_view": Door(LOOKS, "history:read", body={"name": "days"}, inside="keep no such view"),
    "remove_saved_view": Door(LOOKS, "history:read", inside="keep no such view"),
    "find_patient_by_ref": Door(LOOKS, "history:read", software=True, body={"patient": "P-1001"}),
    "list_held": Door(LOOKS, None),
    "hold_thing": Door(LOOKS, None, body={"kind": "patient", "thing": "P-1001", "reason": "case 17"}),
    "release_held": Door(LOOKS, None, body={"reason": "closed"}),
    "list_asked_erasures": Door(LOOKS, None),
    "ask_to_erase": Door(
        frozenset({"reviewer"}), None, body={"kind": "patient", "thing": "P-1001", "reason": "request 5"}
    ),
    "erase_now": Door(LOOKS, None),
    "leave_unerased": Door(frozenset({"reviewer"}), None),
    "answer_patient": Door(frozenset({"reviewer"}), None, body={"patient": "P-1001"}),
    "show_ledger": Door(LOOKS, "ledger:read", software=True),
    "check_ledger": Door(LOOKS, "ledger:read", software=True),
    "list_all_sites": Door(RUNS, "sites:read", software=True),
    "ask_site_health": Door(RUNS, "sites:read", software=True),
    "list_differences": Door(RUNS, "sites:read", software=True),
    # Its clock is off: nobody but somebody on the site can put that right.
    "put_right": Door(RUNS, "sites:write", software=True, inside="cannot put this right"),
    "list_people": Door(RUNS, "people:read", software=True),
    "list_sessions_of": Door(RUNS, "people:read", software=True),
    "end_session_of": Door(RUNS, None),
    "sign_person_out": Door(RUNS, None),
    "show_policy": Door(RUNS, None),
    "list_receivers": Door(RUNS, None),
    "test_receiver": Door(RUNS, None, inside="No receiver"),
    "send_receiver_again": Door(RUNS, None, inside="No receiver"),
    "list_feeds": Door(RUNS, None),
    "test_feed": Door(RUNS, None),
    "hold_feed": Door(RUNS, None, inside="paused already"),
    "let_feed_go_on": Door(RUNS, None),
    "skip_entry": Door(RUNS, None, inside="does not refuse"),
}
# Two that do not fit the table: anybody with any token may ask who they are, and no decision is one's own.
APART = {"show_me", "decide_request"}


def operations() -> Iterator[Operation]:
    yield from (operation for family in FAMILIES for operation in family.operations)


@pytest.fixture
def late(estate: Estate) -> Estate:
    """The approvers had their time, so that breaking the glass is a question of who alone."""
    estate.front.clinic.clock.advance(minutes=6)
    return estate


def test_every_operation_has_a_door() -> None:
    """Nobody adds one without saying who may come in; names are said once; scopes are ones that exist."""
    names = [operation.name for operation in operations()]
    assert sorted(names) == sorted(set(names))
    assert set(names) == set(DOORS) | APART
    for operation in operations():
        assert operation.door.scope is None or operation.door.scope in SCOPES


def test_every_scope_opens_something() -> None:
    """No client is given a scope that is good for nothing."""
    assert {operation.door.scope for operation in operations()} - {None} == set(SCOPES)


@pytest.mark.parametrize("first_factor", [False, True])
def test_nobody_gets_in_without_both_factors(late: Estate, *, first_factor: bool) -> None:
    """401 everywhere, with what would do, and nothing changes."""
    caller = nobody(late.front)
    if first_factor:
        caller = by_session(late.front, late.front.clinic.clinician, first_factor=True)
    before = late.everything()
    for operation in operations():
        answer = send(late, caller, operation)
        assert answer.status_code == 401, operation.name
        assert answer.json["type"].endswith("second-factor-missing" if first_factor else "not-signed-in")
        assert "Bearer" in answer.headers["WWW-Authenticate"]
    assert late.everything() == before


@pytest.mark.parametrize("who", sorted(EVERYBODY))
@pytest.mark.parametrize("how", ["session", "token"])
def test_a_person_meets_the_same_doors_however_they_come(late: Estate, who: str, how: str) -> None:
    """Each role gets in where the table says; a token needs the scope besides, and opens no session's doors."""
    member = late.members[who]
    callers = {"session": by_session(late.front, member)}
    for operation in sorted(operations(), key=lambda each: each.name == "end_other_sessions"):
        if operation.name in APART:
            continue
        door = DOORS[operation.name]
        caller = callers[how] if how == "session" else by_token(late.front, [door.scope or "none"], member)
        answer = send(late, caller, operation)
        expected = 403 if how == "token" and door.scope is None else met(door, who)
        check(answer, expected, door, (operation.name, who, how))


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_a_token_without_the_scope_opens_nothing(late: Estate, who: str) -> None:
    """Though it has every other scope, and its person every right; the answer names the scope that is missing."""
    before = None
    for operation in operations():
        if operation.name == "show_me":
            continue
        caller = by_token(late.front, set(SCOPES) - {operation.door.scope}, late.members[who])
        before = late.everything()
        answer = send(late, caller, operation)
        assert (answer.status_code, answer.json["type"].rsplit("/", 1)[1]) == (403, "not-allowed")
        if operation.door.scope:
            assert operation.door.scope in answer.headers["WWW-Authenticate"]
        assert late.everything() == before, operation.name


def test_software_alone_does_what_needs_no_person(late: Estate) -> None:
    """With the one scope it gets in where the table says; elsewhere it is told that a person is needed."""
    for operation in operations():
        if operation.name == "show_me":
            continue
        door = DOORS.get(operation.name, Door(frozenset(), "requests:write"))
        answer = send(late, by_token(late.front, [door.scope or "none"]), operation)
        if door.software:
            assert answer.status_code == 200 or door.inside in answer.text, (operation.name, answer.text)
        else:
            kind = "needs-a-person" if door.scope else "not-allowed"
            assert (answer.status_code, answer.json["type"].rsplit("/", 1)[1]) == (403, kind), operation.name


def test_each_scope_opens_its_own_doors_alone(late: Estate) -> None:
    """Software with one scope meets 403 at every operation of another."""
    for scope in SCOPES:
        caller = by_token(late.front, [scope])
        for operation in operations():
            if operation.door.scope != scope and operation.name != "show_me":
                assert send(late, caller, operation).status_code == 403, (scope, operation.name)


@pytest.mark.parametrize("how", ["session", "token"])
def test_who_may_decide(late: Estate, how: str) -> None:
    """The approver alone; not the person who asked, whatever they are; to others the request is not there."""
    operation = next(each for each in operations() if each.name == "decide_request")
    expected = {"clinician": 403, "other clinician": 404, "reviewer": 403, "admin": 403, "approver": 403}
    for who, status in expected.items():
        member = late.members[who]
        scoped = by_token(late.front, ["requests:write"], member)
        answer = send(late, by_session(late.front, member) if how == "session" else scoped, operation)
        assert answer.status_code == status, (who, answer.text)
        # The wrong code is what stops the approver, and nobody else gets as far as that.
        assert answer.json["type"].endswith("code-refused") == (who == "approver"), who


def test_everybody_may_ask_who_they_are(late: Estate) -> None:
    """By session or by any token, with or without a scope."""
    for who, member in late.members.items():
        assert by_session(late.front, member).get("/me").json["person"]["id"] == member.id, who
    board = by_token(late.front, []).get("/me").json
    assert (board["person"], board["scopes"], board["client"]["name"]) == (None, [], "Ward board")


def met(door: Door, who: str) -> int:
    """0 for in."""
    return 0 if who in door.people else door.others


def check(answer: TestResponse, expected: int, door: Door, about: object) -> None:
    refused = answer.status_code in {401, 403, 404} and door.inside not in answer.text
    assert refused == bool(expected), (about, answer.status_code, answer.text)
    if expected:
        assert answer.status_code == expected, (about, answer.text)


def send(estate: Estate, caller: Caller, operation: Operation) -> TestResponse:
    path = operation.path
    # A real receiver would be called over the network, which is off here.
    for name, value in {**estate.names, "receiver_id": "receiver_nowhere"}.items():
        path = path.replace(f"<{name}>", value)
    assert "<" not in path
    body = DOORS[operation.name].body if operation.name in DOORS else {**CODE, "verdict": "approve"}
    if operation.name == "hand_out_link":
        body = {"holding": estate.grant.scope["holdings"][0]}
    has_body = body is not None and operation.body is not None
    return caller.send(operation.method, path, **({"json": body} if has_body else {}))
