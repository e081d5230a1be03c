"""The way back when everything is lost, page by page."""

from __future__ import annotations

import re

import pyotp

from broker.identity.caller import Caller
from broker.identity.factors.step_up import Method
from broker.identity.people import Role
from broker.identity.sessions import sessions
from tests.web.house import Browser, House, Someone, title, visible

CODE = re.compile(r'class="spoken">.*?<code>([A-Z0-9-]{7})</code>', re.DOTALL)


def _plead(house: House, someone: Someone) -> tuple[Browser, str]:
    """Past the password in one browser, with the code it shows."""
    browser = house.browser()
    browser.follow(house.password(browser, someone.email))
    browser.get("/factor/lost")
    page = browser.follow(browser.post("/factor/lost", {"reason": "phone stolen"}))
    found = CODE.search(page.text)
    assert found, visible(page)
    return browser, found[1]


def _approver(house: House, name: str = "approver") -> tuple[Browser, Someone]:
    someone, browser = house.someone(name, Role.APPROVER), house.browser()
    house.sign_in(browser, someone)
    return browser, someone


def _plea_at(browser: Browser) -> str:
    found = re.search(r'href="(/pleas/plea_[0-9a-f]+)"', browser.get("/waiting").text)
    assert found
    return found[1]


def test_from_the_loss_to_a_new_phone(house: House):
    """Asked, read out, vouched for, set up anew, signed in; what there was before opens nothing."""
    lost, (approver, phone) = house.someone("ada"), _approver(house)
    browser, code = _plead(house, lost)
    plea = _plea_at(approver)
    assert "ada" in visible(approver.get(plea))
    approver.post(f"{plea}/vouch", {"spoken": code, "code": phone.code()})
    assert "You let them set up anew" in visible(approver.get(plea))

    assert "Set up anew" in visible(browser.get("/factor/lost/now?seen=x"))
    assert "Set up anew" in visible(browser.get("/factor/lost"))
    browser.get("/factor")
    scan = browser.post("/factor/begin", {"what": "phone"})
    found = re.search(r"data-copy-source[^>]*>([A-Z2-7 ]+)<", scan.text)
    assert found
    new = pyotp.TOTP(found[1].replace(" ", "")).at(house.clock.wall())
    done = browser.post("/factor/confirm", {"code": new})
    assert "Your recovery codes" in visible(done)
    assert browser.get("/").status_code == 200
    assert browser.cookie("plea") is None

    old = house.browser()
    old.follow(house.password(old, lost.email))
    assert old.post("/sign-in/code", {"code": lost.code()}).status_code == 422
    assert old.post("/sign-in/code", {"code": lost.recovery_codes[0]}).status_code == 422


def test_nobody_sets_up_anew_before_somebody_vouched(house: House):
    """The plea alone opens nothing, in its own browser or in another."""
    lost = house.someone("ada")
    browser, _ = _plead(house, lost)
    for path in ("/factor/begin", "/factor/confirm", "/factor/made"):
        assert browser.post(path, {"what": "phone", "code": "000000"}).location.startswith("/sign-in/code")
    assert browser.get("/factor").location.startswith("/sign-in/code")


def test_another_browser_with_the_password_gains_nothing(house: House):
    """Vouched for is the browser whose code was read out, and no other."""
    lost, (approver, phone) = house.someone("ada"), _approver(house)
    _, code = _plead(house, lost)
    approver.get(_plea_at(approver))
    approver.post(f"{_plea_at(approver)}/vouch", {"spoken": code, "code": phone.code()})
    thief = house.browser()
    thief.follow(house.password(thief, lost.email))
    thief.plant("plea", "made-up")
    assert thief.get("/factor").location.startswith("/sign-in/code")
    assert "What happened?" in visible(thief.get("/factor/lost"))


def test_the_plea_of_the_browser_is_nobody_elses(house: House):
    """The next person at the same ward PC sees neither code nor plea."""
    lost, other = house.someone("ada"), house.someone("ben")
    browser, code = _plead(house, lost)
    browser.post("/sign-out")
    browser.follow(house.password(browser, other.email))
    page = browser.get("/factor/lost")
    assert code not in page.text
    assert "What happened?" in visible(page)


def test_asking_twice_shows_the_same_code(house: House):
    """Back and forth, and pressed twice, it is one plea."""
    browser, code = _plead(house, house.someone("ada"))
    browser.post("/factor/lost", {"reason": "again"})
    assert code in browser.get("/factor/lost").text


def test_looking_asks_for_nothing(house: House):
    """A prefetched GET changes nothing."""
    someone, (approver, _) = house.someone("ada"), _approver(house)
    browser = house.browser()
    browser.follow(house.password(browser, someone.email))
    browser.get("/factor/lost")
    assert "/pleas/" not in approver.get("/waiting").text


def test_a_reason_is_asked_for(house: House):
    """Empty: said, with the focus on it."""
    someone, browser = house.someone("ada"), house.browser()
    browser.follow(house.password(browser, someone.email))
    browser.get("/factor/lost")
    answer = browser.post("/factor/lost", {"reason": " "})
    assert answer.status_code == 422
    assert title(answer).startswith("Error: ")


def test_nobody_vouches_for_themselves(house: House):
    """An approver who lost their own phone is not even shown their own plea."""
    both, (second, phone) = house.someone("both", Role.APPROVER), _approver(house, "second")
    signed_in = house.browser()
    house.sign_in(signed_in, both)
    _, code = _plead(house, both)
    plea = _plea_at(second)
    assert plea not in signed_in.get("/waiting").text
    assert "Nobody vouches for themselves" in visible(signed_in.get(plea))
    refused = signed_in.post(f"{plea}/vouch", {"spoken": code, "code": both.code()})
    assert refused.status_code == 403
    assert signed_in.post(f"{plea}/refuse").status_code == 403
    assert second.post(f"{plea}/vouch", {"spoken": code, "code": phone.code()}).status_code == 303


def test_a_plea_exists_for_approvers_only(house: House):
    """Clinicians, reviewers and administrators have nothing to do with it."""
    _plead(house, house.someone("ada"))
    approver, _ = _approver(house)
    plea = _plea_at(approver)
    for role in (Role.CLINICIAN, Role.REVIEWER, Role.ADMIN):
        someone, browser = house.someone(f"some-{role}", role), house.browser()
        house.sign_in(browser, someone)
        assert browser.get(plea).status_code == 403
        assert browser.post(f"{plea}/vouch", {"spoken": "x", "code": someone.code()}).status_code == 403


def test_a_wrong_code_on_the_phone_vouches_for_nobody(house: House):
    """Said at once, without using up the approver's own code; the fifth ends the plea."""
    browser, code = _plead(house, house.someone("ada"))
    approver, phone = _approver(house)
    plea, own = _plea_at(approver), phone.code()
    for _ in range(4):
        answer = approver.post(f"{plea}/vouch", {"spoken": "AAA-AAA", "code": own})
        assert answer.status_code == 422
        assert "That is not the code on their screen." in visible(answer)
    assert approver.post(f"{plea}/vouch", {"spoken": code, "code": own}).status_code == 303
    assert "Set up anew" in visible(browser.get("/factor/lost"))


def test_refused_is_said_to_both(house: House):
    """And the phone that was said to be lost goes on working."""
    lost = house.someone("ada")
    browser, _ = _plead(house, lost)
    approver, _ = _approver(house)
    plea = _plea_at(approver)
    approver.post(f"{plea}/refuse")
    assert "Refused" in visible(approver.get(plea))
    assert "The plea was refused" in visible(browser.get("/factor/lost"))
    assert browser.post("/sign-in/code", {"code": lost.code()}).status_code == 303


def test_it_was_not_me(house: House):
    """Signed in elsewhere, the person sees it on the page of their factors and stops it."""
    lost, mine = house.someone("ada"), house.browser()
    house.sign_in(mine, lost)
    thief, _ = _plead(house, lost)
    assert "Somebody asked to set these up anew in your name" in visible(mine.get("/factor"))
    mine.post("/factor/lost/stop")
    assert "Somebody asked" not in visible(mine.get("/factor"))
    assert "What happened?" in visible(thief.get("/factor/lost"))


def test_whoever_is_signed_in_has_lost_nothing(house: House):
    """They are sent to the page where each thing can be changed."""
    someone, browser = house.someone("ada"), house.browser()
    house.sign_in(browser, someone)
    assert browser.get("/factor/lost").location == "/factor"


def _by_provider(house: House, person_id: str) -> Browser:
    """Signed in by the word of an organisation's provider, which counts as both factors."""
    browser = house.browser()
    with house.parts.store.write() as tx:
        begun = sessions.begin(tx, person_id, Caller("192.0.2.1"))
        opened = sessions.elevate(tx, begun.token, Method.SSO)
    browser.plant("session", opened.token)
    return browser


def test_whoever_comes_in_by_their_organisation_sets_up_a_first_one(house: House):
    """Nothing is asked that they do not have; acts then have something to be confirmed with."""
    browser = _by_provider(house, house.newcomer("eve"))
    assert "Set up how you confirm it is you" in visible(browser.get("/factor"))
    scan = browser.post("/factor/begin", {"what": "phone"})
    done = browser.post("/factor/confirm", {"code": _first_code(house, scan.text)})
    assert "Your recovery codes" in visible(done)
    assert browser.get("/sessions").status_code == 200


def test_who_found_the_phone_again_is_asked_for_it(house: House):
    """Vouched for, then signed in with the code after all: each change is confirmed as ever."""
    lost, (approver, phone) = house.someone("ada"), _approver(house)
    browser, code = _plead(house, lost)
    approver.get(_plea_at(approver))
    approver.post(f"{_plea_at(approver)}/vouch", {"spoken": code, "code": phone.code()})
    browser.get("/sign-in/code")
    assert browser.post("/sign-in/code", {"code": lost.code()}).status_code == 303
    assert "Ways to confirm it is you" in visible(browser.get("/factor"))
    assert browser.post("/factor/begin", {"what": "phone", "code": "000000"}).status_code == 422


def _first_code(house: House, page: str) -> str:
    found = re.search(r"data-copy-source[^>]*>([A-Z2-7 ]+)<", page)
    assert found
    return pyotp.TOTP(found[1].replace(" ", "")).at(house.clock.wall())
