"""How much one caller may ask for in a minute, and that no count stands before the end of access."""

from __future__ import annotations

import threading
import time

import pytest
from freezegun import freeze_time
from werkzeug.exceptions import TooManyRequests

from broker.access.activate import activate
from broker.access.grant import GrantState, get_grant
from broker.clock import SettableClock
from broker.errors import ConfigurationError
from broker.store import Store
from broker.web.api.families import FAMILIES
from broker.web.frame.limits import IN_THIS_PROCESS, INACTIVE_ANSWERS, REQUEST_FORMS, TOKENS, Limits, Rate
from tests.fakes.clinic import Clinic
from tests.fakes.front import Front, ask_fields
from tests.fakes.software import by_session, by_token
from tests.web.issuing.desk import Desk, details

FEW = Rate("few", 3)

# The library forgets in a thread of its own, which goes by the true time: nothing it counts may be over by that.
AHEAD = "2086-03-01"


def used_up(limits: Limits, rate: Rate, caller: str) -> int:
    """How many were let through before the first was not."""
    for count in range(rate.a_minute + 2):
        try:
            limits.spend(rate, caller)
        except TooManyRequests:
            return count
    return rate.a_minute + 2


def test_each_caller_has_a_count_of_their_own() -> None:
    """Whoever uses theirs up takes nothing from anybody else, and is told when it goes on."""
    limits = Limits(IN_THIS_PROCESS)
    with freeze_time(f"{AHEAD} 12:00:00") as time_, pytest.raises(TooManyRequests) as stopped:
        assert used_up(limits, FEW, "one") == 3
        assert used_up(limits, FEW, "two") == 3
        assert used_up(limits, Rate("others", 3), "one") == 3
        time_.tick(20)
        limits.spend(FEW, "one")
    assert stopped.value.retry_after == 40


def test_after_a_minute_it_goes_on() -> None:
    """A minute that moves along: no second burst at the turn of the clock's minute."""
    limits, rate = Limits(IN_THIS_PROCESS), Rate("many", 60)
    with freeze_time(f"{AHEAD} 12:00:59") as time_:
        assert used_up(limits, rate, "one") == 60
        time_.tick(2)
        assert used_up(limits, rate, "one") <= 3
        time_.tick(90)
        assert used_up(limits, rate, "one") >= 55


def test_callers_of_long_ago_are_forgotten() -> None:
    """A count that nobody asks for any more takes no room."""
    limits = Limits(IN_THIS_PROCESS)
    with freeze_time("2026-03-01 12:00:00") as time_:
        for number in range(200):
            limits.spend(FEW, f"session_{number}")
        time_.tick(600)
        limits.spend(FEW, "another")
        limits._alone.storage.timer.join()
        limits.spend(FEW, "another")
        limits._alone.storage.timer.join()
    kept = limits._alone.storage
    assert len(kept.storage) + len(kept.events) + len(kept.locks) < 10


@pytest.mark.usefixtures("socket_enabled")
def test_a_store_that_does_not_answer_locks_nobody_out() -> None:
    """This process then counts alone, and does not wait for it at each request."""
    limits = Limits("redis://127.0.0.1:1/0")
    began = time.monotonic()
    assert used_up(limits, FEW, "one") == 3
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("url", ["nonsense", "redis+nonsense://x", "mongodb://127.0.0.1/x", "redis://h:port"])
def test_a_store_nobody_knows_is_told_before_anything_starts(url: str) -> None:
    """As every other setting that is wrong."""
    with pytest.raises(ConfigurationError):
        Limits(url)


def test_the_form_waits_and_nothing_typed_is_lost(front: Front) -> None:
    """Too many forms of one session: 429 with Retry-After, the form as it was; another session goes on."""
    browser, other = front.browser(front.clinic.clinician), front.browser(front.clinic.clinician)
    browser.get("/requests/new")
    other.get("/requests/new")
    wrong = ask_fields(code="000000")
    for _ in range(REQUEST_FORMS.a_minute):
        browser.post("/requests/new", wrong)
    answer = browser.post("/requests/new", wrong)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    for words in ("collapsed after the visit", "This form was sent too often."):
        assert words in answer.text
    assert "sent too often" not in other.post("/requests/new", wrong).text


def test_a_program_is_told_to_wait_in_a_problem_document(
    store: Store, clock: SettableClock, tmp_path
) -> None:
    """One program's calls are counted together, another's apart, and ending access is not counted."""
    front = Front(Clinic(store, clock), tmp_path, {"api_calls_a_minute": 3})
    grant = live_grant(front)
    one = by_token(front, ["grants:read", "grants:end"])
    for _ in range(3):
        assert one.get("/grants").status_code == 200
    stopped = one.get("/grants")
    assert (stopped.status_code, stopped.mimetype) == (429, "application/problem+json")
    assert 1 <= int(stopped.headers["Retry-After"]) <= 60
    assert by_token(front, ["grants:read"]).get("/grants").status_code == 200
    assert one.post(f"/grants/{grant}/end").status_code == 200
    assert one.get("/grants").status_code == 429


def test_a_person_who_used_up_their_calls_still_ends_what_they_have(
    store: Store, clock: SettableClock, tmp_path
) -> None:
    """Their access, their request, their other sessions."""
    front = Front(Clinic(store, clock), tmp_path, {"api_calls_a_minute": 1})
    grant, member = live_grant(front), front.clinic.clinician
    waiting = front.clinic.ask().request.id
    caller = by_session(front, member)
    assert caller.get("/grants").status_code == 429
    for path in (f"/grants/{grant}/end", f"/requests/{waiting}/withdraw", "/sessions/end-others"):
        assert caller.post(path).status_code == 200, path


def test_what_ends_something_is_never_counted() -> None:
    """Every operation whose name begins so; a new one is decided here."""
    ends = {
        each.name
        for family in FAMILIES
        for each in family.operations
        if each.name.startswith(("end_", "withdraw_", "sign_person_out"))
    }
    unlimited = {each.name for family in FAMILIES for each in family.operations if not each.limited}
    assert ends == unlimited != set()


def test_one_client_s_tokens_are_counted_apart_and_revoking_is_not(front: Front) -> None:
    """A program that asks without end is told to wait; it can still let go of what it has."""
    desk = Desk(front)
    greedy, other = desk.register(), desk.register(name="Another app")
    asked = {"grant_type": "client_credentials", "scope": "grants:read"}
    token = desk.token(greedy, **asked).get_json()["access_token"]
    assert used_up(front.app.extensions["broker.limits"], TOKENS, greedy.id) == TOKENS.a_minute - 1
    stopped = desk.token(greedy, **asked)
    assert (stopped.status_code, "Retry-After" in stopped.headers) == (429, True)
    assert desk.token(other, **asked).status_code == 200
    assert desk.post("/oauth/revoke", {"token": token}, greedy).status_code == 200
    assert not desk.introspect(desk.resource_server(), token)["active"]


def test_wrong_secrets_use_up_nothing_of_a_client(front: Front) -> None:
    """Whoever only knows its name cannot keep it out."""
    desk = Desk(front)
    app = desk.register()
    asked = {"grant_type": "client_credentials", "scope": "grants:read"}
    for _ in range(TOKENS.a_minute + 1):
        limits_left = desk.post(
            "/oauth/token", asked, headers={"Authorization": "Basic bm9ib2R5Om5vYm9keQ=="}
        )
        assert limits_left.status_code == 401
        if _ > 30:
            break
    assert desk.token(app, **asked).status_code == 200


def test_junk_tokens_keep_no_good_one_out(front: Front) -> None:
    """A resource server that is sent junk without end still hears that a good token is good."""
    desk = Desk(front)
    app, ehr = desk.register(), desk.resource_server()
    token = desk.issued(app, desk.grant(), authorization_details=details())["access_token"]
    counts = front.app.extensions["broker.limits"]
    junk = {"token": "junk"}
    assert used_up(counts, INACTIVE_ANSWERS, ehr.id) == INACTIVE_ANSWERS.a_minute
    stopped = desk.post("/oauth/introspect", junk, ehr)
    assert (stopped.status_code, "Retry-After" in stopped.headers) == (429, True)
    assert desk.introspect(ehr, token)["active"]


@pytest.mark.parametrize("flooded", ["request forms", "sign-ins"])
def test_a_flood_does_not_slow_the_end_of_access(front: Front, flooded: str) -> None:
    """Eight browsers send a form without pause; access is handed back meanwhile as fast as ever."""
    grants = [live_grant(front) for _ in range(3)]
    over, sent = threading.Event(), []

    def flood(number: int) -> None:
        browser = front.browser(front.clinic.second_approver) if flooded != "sign-ins" else front.stranger()
        path = "/requests/new" if flooded != "sign-ins" else "/sign-in"
        browser.client.environ_base["REMOTE_ADDR"] = f"198.51.100.{number}"
        browser.get(path)
        while not over.is_set():
            account = {"email": f"nobody{number}.{len(sent)}@x.example", "password": "wrong wrong wrong"}
            fields = account if flooded == "sign-ins" else ask_fields(code="000000")
            sent.append(browser.post(path, fields).status_code)

    threads = [threading.Thread(target=flood, args=(number,), daemon=True) for number in range(8)]
    for each in threads:
        each.start()
    try:
        while len(sent) < 100:
            time.sleep(0.02)
        holder = front.browser(front.clinic.clinician)
        holder.get("/sessions")
        for grant in grants:
            began = time.monotonic()
            assert holder.post(f"/grants/{grant}/end").status_code == 303
            assert time.monotonic() - began < 5
    finally:
        over.set()
        for each in threads:
            each.join()
    assert 429 in sent
    with front.clinic.store.read() as reader:
        assert {get_grant(reader, each).state for each in grants} == {GrantState.REVOKED}


def live_grant(front: Front) -> str:
    asked = front.clinic.break_glass()
    assert asked.grant is not None
    return activate(front.clinic.equipment, asked.grant.id).id
