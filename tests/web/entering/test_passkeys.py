"""Passkeys through the forms: what the page's script is told, and what the forms do with the answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from broker.identity.people import Role
from tests.fakes.front import ask_fields
from tests.fakes.soft_passkey import UP, SoftPasskey
from tests.web.house import Browser, House, title, visible

ORIGIN = "http://localhost:8000"
JSON = {"Accept": "application/json"}


@pytest.fixture
def house(house_with: Callable[..., House]) -> House:
    return house_with(public_url=ORIGIN)


class Owner:
    """Somebody with nothing but a passkey, in front of their browser."""

    def __init__(self, house: House, *roles: Role) -> None:
        self.house, self.browser = house, house.browser()
        self.device = SoftPasskey(origin=ORIGIN, party="localhost")
        self.id = house.newcomer("eve", *roles)
        self.browser.follow(house.password(self.browser, "eve@demo.example"))
        asked = self.browser.post("/factor/begin", {"what": "passkey"}, **JSON)
        self.made = asked.get_json()
        said = self.device.make(json.dumps(self.made["create"]))
        self.codes_page = self.browser.post(self.made["to"], {"made": said, "name": "Ward phone"})

    def begin(self, where: str, /, **fields: str) -> TestResponse:
        return self.browser.post(where, {**fields, "passkey": "begin"}, **JSON)

    def confirm(self, where: str, /, **fields: str) -> TestResponse:
        """Send the form to learn what is asked, then for good."""
        asked = json.dumps(self.begin(where, **fields).get_json()["get"])
        return self.browser.post(where, {**fields, "passkey": self.device.answer(asked)})

    def sign_in(self, browser: Browser, **changes: object) -> TestResponse:
        browser.get("/sign-in")
        asked = browser.post("/sign-in/passkey", {"passkey": "begin"}, **JSON).get_json()["get"]
        said = self.device.answer(json.dumps(asked), **changes)  # type: ignore[arg-type]
        return browser.post("/sign-in/passkey", {"passkey": said, "next": "/sessions"})


@pytest.fixture
def owner(house: House) -> Owner:
    return Owner(house, Role.CLINICIAN)


def _names(page: str) -> list[str]:
    return re.findall(r'<p class="row-title">([^<]+)</p>', page)


def test_a_first_passkey_signs_in_and_shows_the_codes(owner: Owner):
    """Set up, ten codes, inside; a session of another browser with the password alone opens nothing."""
    assert len(re.findall(r"<code>([0-9A-Z-]{29})</code>", owner.codes_page.text)) == 10
    assert owner.browser.get("/sessions").status_code == 200
    assert _names(owner.browser.get("/factor").text) == ["Ward phone"]


def test_one_press_signs_in_and_goes_where_one_was_going(house: House, owner: Owner):
    """A new session, elevated, in a browser that never saw the password."""
    browser = house.browser()
    answer = owner.sign_in(browser)
    assert (answer.status_code, answer.location) == (303, "/sessions")
    assert browser.get("/sessions").status_code == 200


def test_a_refused_passkey_leaves_the_other_ways(house: House, owner: Owner):
    """Said in the summary, with the fields for email and password below it."""
    answer = owner.sign_in(house.browser(), flags=UP)
    assert answer.status_code == 422
    assert title(answer).startswith("Error: ")
    assert "email and password" in visible(answer)


def test_a_sign_in_without_the_forms_token_is_refused(house: House, owner: Owner):
    """Nobody is signed in as somebody else by a page of somebody else's."""
    browser = house.browser()
    browser.get("/sign-in")
    browser.token = "forged"
    assert browser.post("/sign-in/passkey", {"passkey": "begin"}, **JSON).status_code == 400


def test_asking_gives_no_session_and_writes_nothing(house: House):
    """A thousand challenges later everything is as it was."""
    browser = house.browser()
    browser.get("/sign-in")
    for _ in range(50):
        assert browser.post("/sign-in/passkey", {"passkey": "begin"}, **JSON).status_code == 200
    assert browser.cookie("session") is None


def test_a_request_is_asked_for_with_a_passkey(owner: Owner):
    """First what to ask, alike for a patient nobody knows; then the answer is taken, and only then it is said."""
    page = owner.browser.get("/requests/new")
    assert "data-passkey" in page.text
    fields = ask_fields(patient="P-9999")
    refused = owner.confirm("/requests/new", **fields)
    assert refused.status_code == 422
    assert "No access can be asked for with this patient id" in visible(refused)


def test_what_is_missing_is_said_before_the_passkey_is_asked(owner: Owner):
    """The page with its faults, not JSON: the script shows it as it is, and no code is missed."""
    owner.browser.get("/requests/new")
    answer = owner.begin("/requests/new", **ask_fields(reason=""))
    assert answer.status_code == 422
    assert "Choose a reason." in visible(answer)
    assert "one-time code your app" not in visible(answer)


def test_sent_without_a_script_the_page_says_what_to_do(owner: Owner):
    """A form sent with ``begin`` by a browser that shows pages answers a page."""
    owner.browser.get("/factor")
    answer = owner.browser.post("/factor/begin", {"what": "codes", "passkey": "begin"})
    assert answer.status_code == 422
    assert "Your passkey has to confirm this." in visible(answer)


def test_new_codes_for_a_passkey_and_not_for_its_answer_to_something_else(owner: Owner):
    """What was confirmed for new codes sets up no phone."""
    owner.browser.get("/factor")
    asked = json.dumps(owner.begin("/factor/begin", what="codes").get_json()["get"])
    said = owner.device.answer(asked)
    other = owner.browser.post("/factor/begin", {"what": "phone", "passkey": said})
    assert other.status_code == 422
    assert "confirmed something else" in visible(other)
    done = owner.browser.post("/factor/begin", {"what": "codes", "passkey": said})
    assert "Your recovery codes" in visible(done)


def test_the_last_one_cannot_be_removed_and_costs_no_touch(owner: Owner):
    """Said before the passkey is even asked."""
    page = owner.browser.get("/factor")
    assert "is all you have, so it cannot be removed" in visible(page)
    which = _passkey_id(owner)
    answer = owner.begin("/factor/begin", what=f"no_passkey:{which}")
    assert answer.status_code == 409
    assert "only thing left" in visible(answer)


def test_a_second_one_is_added_with_the_first_and_the_first_then_goes(owner: Owner):
    """Add, remove: each with what there is."""
    owner.house.clock.advance(seconds=1)
    owner.browser.get("/factor")
    asked = owner.begin("/factor/begin", what="passkey").get_json()["get"]
    told = owner.browser.post(
        "/factor/begin", {"what": "passkey", "passkey": owner.device.answer(json.dumps(asked))}, **JSON
    ).get_json()
    first, second = _passkey_id(owner), SoftPasskey(origin=ORIGIN, party="localhost")
    made = second.make(json.dumps(told["create"]))
    assert owner.browser.post(told["to"], {"made": made, "name": "Key"}).status_code == 303
    assert _names(owner.browser.get("/factor").text) == ["Ward phone", "Key"]
    assert owner.confirm("/factor/begin", what=f"no_passkey:{first}").status_code == 303
    assert _names(owner.browser.get("/factor").text) == ["Key"]


def test_somebody_elses_passkey_is_neither_renamed_nor_removed(house: House, owner: Owner):
    """To others it does not exist."""
    which = _passkey_id(owner)
    other, browser = house.someone("ada"), house.browser()
    house.sign_in(browser, other)
    browser.get("/factor")
    assert browser.post(f"/factor/passkeys/{which}/name", {"name": "Mine"}).status_code == 404
    gone = browser.post("/factor/begin", {"what": f"no_passkey:{which}", "code": other.code()})
    assert gone.status_code == 404
    assert _names(owner.browser.get("/factor").text) == ["Ward phone"]


def test_nothing_typed_is_no_wrong_try(house: House):
    """An empty code is asked for, not counted."""
    someone, browser = house.someone("ada"), house.browser()
    house.sign_in(browser, someone)
    browser.get("/factor")
    for _ in range(8):
        assert browser.post("/factor/begin", {"what": "codes"}).status_code == 422
    assert browser.post("/factor/begin", {"what": "codes", "code": someone.code()}).status_code == 200


def test_a_bare_address_says_where_passkeys_work(house_with: Callable[..., House]):
    """The demo opened by its number: no button that cannot work, and a link to where it does."""
    page = house_with(demo=True).browser().get("/sign-in")
    assert "Use a passkey" not in visible(page)
    assert "Passkeys work at http://localhost:8000" in visible(page)


@pytest.mark.parametrize("said", ["", "{}", "begin", "[", "x" * 50_000, "\u00e9", '{"id":"AA"}'])
def test_nonsense_in_the_field_is_a_page_and_never_an_error(house: House, owner: Owner, said: str):
    """At every place that takes one."""
    stranger = house.browser()
    stranger.get("/sign-in")
    assert stranger.post("/sign-in/passkey", {"passkey": said}).status_code == 422
    owner.browser.get("/factor")
    assert owner.browser.post("/factor/begin", {"what": "codes", "passkey": said}).status_code == 422
    assert owner.browser.post("/factor/made", {"made": said, "name": said[:100]}).status_code == 422


def _passkey_id(owner: Owner) -> str:
    found = re.search(r"/factor/passkeys/(passkey_[0-9a-f]+)/name", owner.browser.get("/factor").text)
    assert found
    return found[1]
