"""What holds for every address of the product, found in the URL map: a new one is held to it from its first day."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from tests.security.estate import UNSAFE, Estate

ANYBODY, SIGNED_IN = "anybody", "signed in"
APPROVES, REVIEWS, LOOKS, RUNS = (
    {"approver", "reviewer"},
    {"reviewer"},
    {"reviewer", "admin"},
    {"admin"},
)

# Who gets past the door of each view. What is behind it may still be somebody else's.
DOORS: dict[str, str | set[str]] = {
    "static": ANYBODY,
    "health.check": ANYBODY,
    "sign_in.ask_password": ANYBODY,
    "sign_in.take_password": ANYBODY,
    "sign_in.ask_code": ANYBODY,
    "sign_in.take_code": ANYBODY,
    "sign_in.take_passkey": ANYBODY,
    "sign_in.leave": ANYBODY,
    "opening.land": ANYBODY,
    "single_sign_on.begin": ANYBODY,
    "single_sign_on.come_back": ANYBODY,
    "signed_out.show": ANYBODY,
    "factor.show": SIGNED_IN,
    "factor.begin": SIGNED_IN,
    "factor.take_first_code": SIGNED_IN,
    "factor.take_passkey": SIGNED_IN,
    "factors.rename": SIGNED_IN,
    "factors.stop": SIGNED_IN,
    "lost.show": SIGNED_IN,
    "lost.now": SIGNED_IN,
    "lost.ask": SIGNED_IN,
    "password.show": SIGNED_IN,
    "password.change": SIGNED_IN,
    "home.show": SIGNED_IN,
    "sessions.overview": SIGNED_IN,
    "sessions.end": SIGNED_IN,
    "sessions.end_others": SIGNED_IN,
    "requests.start": SIGNED_IN,
    "requests.send": SIGNED_IN,
    "asked.show": SIGNED_IN,
    "asked.now": SIGNED_IN,
    "asked.take_back": SIGNED_IN,
    "asked.break_the_glass": SIGNED_IN,
    "asked.back_from_withdraw": SIGNED_IN,
    "asked.back_from_break_glass": SIGNED_IN,
    "decisions.show": SIGNED_IN,
    "decisions.settle": SIGNED_IN,
    "grants.show": SIGNED_IN,
    "grants.now": SIGNED_IN,
    "grants.end": SIGNED_IN,
    "grants.back": SIGNED_IN,
    "receipts.show": SIGNED_IN,
    "receipts.take": SIGNED_IN,
    "grant_tokens.withdraw": SIGNED_IN,
    "grant_tokens.back": SIGNED_IN,
    "extending.show": SIGNED_IN,
    "extending.send": SIGNED_IN,
    "opening.open_here": SIGNED_IN,
    "opening.copy_link": SIGNED_IN,
    "opening.back_from_open": SIGNED_IN,
    "opening.back_from_link": SIGNED_IN,
    "authorize.ask": SIGNED_IN,
    "authorize.answer": SIGNED_IN,
    "opening.land_again": SIGNED_IN,
    "opening.open_by_link": SIGNED_IN,
    "watching.show": SIGNED_IN,
    "watching.now": SIGNED_IN,
    "watching.media": SIGNED_IN,
    "outbox.overview": SIGNED_IN,
    "waiting.show": APPROVES,
    "waiting.now": APPROVES,
    "pleas.show": {"approver"},
    "pleas.vouch_for": {"approver"},
    "pleas.refuse": {"approver"},
    "pleas.back_from_vouch": {"approver"},
    "pleas.back_from_refuse": {"approver"},
    "reviews.due": REVIEWS,
    "reviews.one": REVIEWS,
    "reviews.close": REVIEWS,
    "reviews.give": REVIEWS,
    "reviews.again": REVIEWS,
    "reviews.back_from_assign": REVIEWS,
    "reviews.back_from_reopen": REVIEWS,
    "oddities.overview": REVIEWS,
    "oddities.look": REVIEWS,
    "oddities.review": REVIEWS,
    "oddities.back_from_look": REVIEWS,
    "oddities.back_from_review": REVIEWS,
    "history.grants": LOOKS,
    "history.narrow": LOOKS,
    "history_files.take": LOOKS,
    "history_files.back": LOOKS,
    "views.overview": LOOKS,
    "views.keep": LOOKS,
    "views.change": LOOKS,
    "views.remove": LOOKS,
    "views.back": LOOKS,
    "pictures.show": LOOKS,
    "history.story": LOOKS,
    "disclosures.ask": REVIEWS,
    "disclosures.tell": REVIEWS,
    "holds.overview": LOOKS,
    "holds.place": LOOKS,
    "holds.release": LOOKS,
    "holds.confirm": LOOKS,
    "holds.refuse": REVIEWS,
    "holds.back": LOOKS,
    "ledger.check": LOOKS,
    "ledger.verify": LOOKS,
    "evidence.ask": LOOKS,
    "evidence.draw": LOOKS,
    "receivers.overview": RUNS,
    "receivers.test": RUNS,
    "receivers.again": RUNS,
    "receivers.back": RUNS,
    "feeds.overview": RUNS,
    "feeds.test": RUNS,
    "feeds.pause": RUNS,
    "feeds.resume": RUNS,
    "feeds.skip": RUNS,
    "feeds.back": RUNS,
    "sites.overview": RUNS,
    "sites.ask": RUNS,
    "sites.back": RUNS,
    "drifts.repair": RUNS,
    "drifts.back": RUNS,
    "people.overview": RUNS,
    "person.show": RUNS,
    "person.end": RUNS,
    "person.sign_out": RUNS,
    "person.back": RUNS,
    "policies.overview": RUNS,
}
# Public keys and what there is, which anybody may keep for a while.
FOR_EVERYBODY = {"documents.metadata", "documents.keys"}
# A form that asks for the code itself, and signs in with it; and the way back for who has none left.
PASSWORD_ALONE = {"requests.start", "requests.send", "lost.show", "lost.now", "lost.ask"}


def test_every_view_has_a_door(estate: Estate) -> None:
    """Nobody adds an address without saying who may come in."""
    pages = {rule.endpoint for method in ("GET", "POST") for rule in estate.pages(method)}
    assert pages == set(DOORS)


@pytest.mark.parametrize("who", ["nobody", "clinician", "other clinician", "approver", "reviewer", "admin"])
def test_looking_changes_nothing(estate: Estate, who: str) -> None:
    """GET, HEAD and OPTIONS at every address leave every row of every table as it was."""
    browser = estate.browser(who)
    before = estate.everything()
    for rule in estate.rules("GET"):
        for method in ("GET", "HEAD", "OPTIONS"):
            answer = estate.send(browser, method, estate.address(rule))
            assert answer.status_code < 500, (method, rule)
    assert estate.everything() == before


@pytest.mark.parametrize("who", ["nobody", "clinician", "approver", "reviewer", "admin"])
@pytest.mark.parametrize("token", [None, "made up", "of another browser"])
def test_no_post_works_without_its_forms_token(estate: Estate, who: str, token: str | None) -> None:
    """Another site that makes a browser post gets the page of a stale form, and nothing happened."""
    browser, other = estate.browser(who), estate.browser("approver")
    typed = {"csrf_token": other.csrf if token == "of another browser" else token} if token else {}
    before = estate.everything()
    for rule in estate.pages("POST"):
        answer = estate.send(browser, "POST", estate.address(rule), data=_as_if_meant(estate) | typed)
        assert answer.status_code == 400, rule
    assert estate.everything() == before


def test_no_other_method_finds_a_way_around(estate: Estate) -> None:
    """Methods nobody serves are refused, and no header or field turns one method into another."""
    browser = estate.holder
    before = estate.everything()
    for rule in {rule.rule: rule for rule in estate.front.app.url_map.iter_rules()}.values():
        for method in ("TRACE", "CONNECT", "PUT", "PATCH", "DELETE", "PROPFIND"):
            assert estate.send(browser, method, estate.address(rule)).status_code in {400, 404, 405}, rule
    for rule in estate.rules("GET"):
        overridden = {"X-HTTP-Method-Override": "POST", "X-HTTP-Method": "POST", "X-Method-Override": "POST"}
        estate.send(browser, "GET", f"{estate.address(rule)}?_method=POST", headers=overridden)
    assert estate.everything() == before


@pytest.mark.parametrize("first_factor", [False, True])
def test_nobody_gets_in_without_both_factors(estate: Estate, *, first_factor: bool) -> None:
    """With no session, or the password alone, every door but those that ask for the code leads to the sign-in."""
    browser = estate.browser("clinician" if first_factor else "nobody", first_factor=first_factor)
    if not first_factor:
        browser.get("/sign-in")
    # Made once: each takes the clock on by a code, and the password alone is good for minutes.
    before, meant = estate.everything(), _as_if_meant(estate)
    step = "/sign-in/code" if first_factor else "/sign-in"
    for method in ("GET", "POST"):
        for rule in estate.pages(method):
            if DOORS[rule.endpoint] is ANYBODY or (first_factor and rule.endpoint in PASSWORD_ALONE):
                continue
            data = meant | {"csrf_token": browser.csrf} if method == "POST" else None
            answer = estate.send(browser, method, estate.address(rule), data=data)
            assert answer.status_code == 303, rule
            assert answer.location.partition("?")[0] == step, rule
    assert estate.everything() == before


@pytest.mark.parametrize("who", ["clinician", "approver", "reviewer", "admin"])
def test_a_door_opens_for_its_roles_alone(estate: Estate, who: str) -> None:
    """Each role meets 403 exactly where another one is wanted, whatever the method."""
    browser = estate.browser(who)
    for method in ("GET", "POST"):
        for rule in estate.pages(method):
            door = DOORS[rule.endpoint]
            if not isinstance(door, set):
                continue
            # Nothing is meant by it, so that those who may come in change nothing either.
            data = {"csrf_token": browser.csrf} if method == "POST" else None
            answer = estate.send(browser, method, estate.address(rule), data=data)
            assert (answer.status_code == 403) == (who not in door), (rule, answer.status_code)


def test_what_is_somebody_elses_is_not_there(estate: Estate) -> None:
    """A clinician who puts another's id into any address or form finds nothing and changes nothing."""
    browser = estate.browser("other clinician")
    viewing = estate.holder.client.get_cookie(
        "viewing", domain="127.0.0.1", path=f"/watch/{estate.names['viewing_id']}"
    )
    assert viewing
    browser.client.set_cookie("viewing", viewing.value, domain="127.0.0.1")
    before = estate.everything()
    for method in ("GET", "POST"):
        for rule in estate.pages(method):
            if not rule.arguments or DOORS[rule.endpoint] is ANYBODY or isinstance(DOORS[rule.endpoint], set):
                continue
            if ".back" in rule.endpoint:
                continue  # leads to a page that is looked at here as well
            code = browser.code() if rule.endpoint != "extending.send" else "000000"
            data = _as_if_meant(estate) | {"csrf_token": browser.csrf, "code": code}
            answer = estate.send(
                browser, method, estate.address(rule), data=data if method == "POST" else None
            )
            assert answer.status_code in {404, 410}, (rule, answer.status_code)
            assert not {estate.grant.patient_id, "P-1001", "P-7777"} & set(answer.text.split()), rule
    assert _but_for_refusals(estate.everything()) == _but_for_refusals(before)


def test_every_answer_tells_the_browser_what_not_to_do(estate: Estate) -> None:
    """No frame, no referrer, no guessing of types, and no cache for whatever is not a file of ours."""
    browser = estate.browser("admin")
    for method in ("GET", "HEAD", "OPTIONS", *UNSAFE):
        for rule in estate.front.app.url_map.iter_rules():
            answer = estate.send(browser, method, estate.address(rule))
            _check_headers(answer, file=rule.endpoint in {"static", *FOR_EVERYBODY})
    _check_headers(estate.send(browser, "GET", "/nothing/here"), file=False)


def _check_headers(answer: TestResponse, *, file: bool) -> None:
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert file or answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers


def _as_if_meant(estate: Estate) -> dict[str, str]:
    """Fields that would make every form of the product do something."""
    holding = estate.grant.scope["holdings"][0]
    return {
        "verdict": "approve",
        "comment": "fine",
        "outcome": "appropriate",
        "holding": holding,
        "link": estate.names["token"],
        "duration": "15",
        "patient": "P-1001",
        "entitlement": "telehealth-recording",
        "purpose": "ETREAT",
        "reason": "unresponsive",
        "path": "break_glass",
        "format": "csv",
        "name": "nights",
        "code": estate.front.clinic.clinician.code().code,
    }


def _but_for_refusals(
    tables: dict[str, list[tuple[object, ...]]],
) -> dict[str, list[tuple[object, ...]]]:
    """What a refusal leaves behind on purpose: the ledger's entries of it and the count of wrong tries."""
    kept = {"ledger_entries", "ledger_head", "failed_tries"}
    return {name: rows for name, rows in tables.items() if name not in kept}
