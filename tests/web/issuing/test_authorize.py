"""A person lets software use one of their live accesses."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from broker.access.hand_back import hand_back
from broker.credentials.authorizing.tables import authorization_codes
from broker.credentials.clients.register import disable_client
from tests.fakes.front import BASE
from tests.web.issuing.desk import CALLBACK, EHR, App, Desk, claims, details, said_in


def test_one_tap_leads_back_with_a_code_the_state_and_who_answers(desk: Desk, app: App) -> None:
    """RFC 6749, 4.1.2 and RFC 9207: by 303, so that nothing that was posted is posted on."""
    grant = desk.grant()
    address = desk.allow(app, grant)
    said = said_in(address)
    assert address.startswith(f"{CALLBACK}?")
    assert said.keys() == {"code", "state", "iss"}
    assert (said["state"], said["iss"]) == ("s-1", BASE)


def test_the_page_says_whose_what_and_until_when(desk: Desk, app: App) -> None:
    """And the name the administrator gave the software, in words and not in the language of the standard."""
    desk.grant()
    page = desk.browser().get(desk.address(app)).text
    for words in ("Let The ward app use your access?", "P-1001", "read", EHR, "Allow", "Do not allow"):
        assert words in page
    assert "app.clinic.example" in page
    assert "This access is recorded and reviewed" in page


def test_the_policy_of_the_page_lets_its_form_lead_to_the_software_alone(desk: Desk, app: App) -> None:
    """Chromium holds the redirect that answers a form to form-action; every other page keeps 'self'."""
    desk.grant()
    policy = desk.browser().get(desk.address(app)).headers["Content-Security-Policy"]
    assert "form-action 'self' https://app.clinic.example;" in policy
    assert "form-action 'self';" in desk.browser().get("/").headers["Content-Security-Policy"]


def test_looking_allows_nothing(desk: Desk, app: App) -> None:
    """GET, however often, hands out no code."""
    desk.grant()
    browser = desk.browser()
    for _ in range(3):
        assert browser.get(desk.address(app)).status_code == 200
    with desk.clinic.store.read() as reader:
        assert reader.all(select(authorization_codes)) == []


def test_no_is_told_to_the_software(desk: Desk, app: App) -> None:
    desk.grant()
    said = said_in(desk.allow(app, press="deny"))
    assert (said["error"], said["state"], said["iss"]) == ("access_denied", "s-1", BASE)
    assert "code" not in said


def test_of_several_accesses_the_person_chooses_one(desk: Desk, app: App) -> None:
    """Nothing is chosen beforehand; the token is of the chosen one."""
    first, second = desk.grant(), desk.grant()
    browser, address = desk.browser(), desk.address(app)
    assert "For whom?" in browser.get(address).text
    assert browser.post(address, {"answer": "allow"}).status_code == 422
    said = desk.issued(app, second)
    assert claims(said["access_token"])["authorization_details"][0]["identifier"] == second.id != first.id


def test_software_names_the_access_it_means(desk: Desk, app: App) -> None:
    """By its identifier, by the place the token is for, or by what it does: RFC 9396 and RFC 8707."""
    first = desk.grant()
    desk.grant()
    browser = desk.browser()
    assert (
        "For whom?"
        not in browser.get(desk.address(app, authorization_details=details(identifier=first.id))).text
    )
    both = details(locations=[EHR], actions=["search", "read"])
    assert "For whom?" in browser.get(desk.address(app, authorization_details=both, resource=EHR)).text
    for elsewhere in (
        {"authorization_details": details(identifier="grant_of_nobody")},
        {"authorization_details": details(actions=["read"])},
        {"resource": "https://elsewhere.example"},
    ):
        page = browser.get(desk.address(app, **elsewhere)).text
        assert "You have no live access that The ward app could use" in page


def test_another_persons_access_cannot_be_lent(desk: Desk, app: App) -> None:
    """Not by its id in the form, nor named in the address."""
    grant = desk.grant()
    other = desk.browser(desk.clinic.approver)
    address = desk.address(app)
    other.get(address)
    assert other.post(address, {"answer": "allow", "access": grant.id}).status_code == 422
    page = other.get(desk.address(app, authorization_details=details(identifier=grant.id))).text
    assert "You have no live access" in page
    assert "P-1001" not in page


def test_an_access_that_ended_while_the_page_was_open_cannot_be_lent(desk: Desk, app: App) -> None:
    grant, browser, address = desk.grant(), desk.browser(), desk.address(app)
    browser.get(address)
    hand_back(desk.clinic.equipment, desk.who.person, grant.id)
    answer = browser.post(address, {"answer": "allow", "access": grant.id})
    assert answer.status_code == 422
    assert "You have no live access" in answer.text


def test_without_an_access_there_is_a_way_on(desk: Desk, app: App) -> None:
    """To ask for one, and back to the software."""
    browser = desk.browser()
    page = browser.get(desk.address(app)).text
    assert "Ask for access" in page
    assert "Go back to The ward app" in page
    said = said_in(browser.post(desk.address(app), {"answer": "deny"}).location)
    assert said["error"] == "access_denied"


def test_software_may_act_for_a_person_with_scopes_of_its_own(desk: Desk, app: App) -> None:
    """Told in words; more than it was registered for is refused, never left out in silence."""
    page = desk.browser().get(desk.address(app, scope="grants:end grants:read")).text
    assert "end access early" in page
    assert "act for you?" in page
    said = desk.issued(app, scope="grants:end grants:read")
    assert said["scope"] == "grants:end grants:read"
    assert claims(said["access_token"])["sub"] == desk.who.id
    answer = desk.browser().get(desk.address(app, scope="grants:read people:read"))
    assert said_in(answer.location)["error"] == "invalid_scope"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": ""}, "unsupported_response_type"),
        ({"response_type": 'code"é'}, "unsupported_response_type"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "too short"}, "invalid_request"),
        ({"dpop_jkt": "no thumbprint"}, "invalid_request"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"scope": "grants:read", "authorization_details": "[]"}, "invalid_request"),
        ({"scope": "grants:read", "resource": EHR}, "invalid_target"),
        ({"authorization_details": "{}"}, "invalid_authorization_details"),
        ({"authorization_details": "["}, "invalid_authorization_details"),
        ({"authorization_details": "[" * 2000}, "invalid_authorization_details"),
        ({"authorization_details": '[{"type":"payment"}]'}, "invalid_authorization_details"),
        ({"authorization_details": details(surprise=1)}, "invalid_authorization_details"),
        ({"authorization_details": details(actions="read")}, "invalid_authorization_details"),
        ({"authorization_details": details(identifier=7)}, "invalid_authorization_details"),
        ({"authorization_details": details(patient="P-1001")}, "invalid_authorization_details"),
        (
            {"authorization_details": details(locations=[EHR, "https://b.example"])},
            "invalid_authorization_details",
        ),
    ],
)
def test_what_is_wrong_is_told_to_the_software(
    desk: Desk, app: App, changes: dict[str, str], error: str
) -> None:
    """At its own address, with its state and who answers, once the two are certain (RFC 6749, 4.1.2.1; RFC 9207)."""
    desk.grant()
    answer = desk.browser().get(desk.address(app, **changes))
    assert answer.status_code == 303
    assert answer.location.startswith(f"{CALLBACK}?")
    said = said_in(answer.location)
    assert (said["error"], said["state"], said["iss"]) == (error, "s-1", BASE)


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "client_of_nobody"},
        {"client_id": ""},
        {"redirect_uri": ""},
        {"redirect_uri": f"{CALLBACK}/"},
        {"redirect_uri": f"{CALLBACK}?more=1"},
        {"redirect_uri": CALLBACK.upper()},
        {"redirect_uri": "https://app.clinic.example.evil.example/back"},
        {"redirect_uri": 'https://evil.example/"é'},
        {"redirect_uri": "javascript:alert(1)"},
    ],
)
def test_nobody_is_sent_anywhere_that_is_not_certain(desk: Desk, app: App, changes: dict[str, str]) -> None:
    """A page in plain words instead; what stands in the address is nowhere on it."""
    answer = desk.browser().get(desk.address(app, **changes))
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert "evil.example" not in answer.text


def test_a_field_sent_twice_is_nobodys_to_choose_from(desk: Desk, app: App) -> None:
    """RFC 6749, 3.1: the library checks five of them and takes the first of the others."""
    for twice in ("code_challenge", "client_id", "redirect_uri", "state", "resource"):
        answer = desk.browser().get(f"{desk.address(app)}&{twice}=x&{twice}=y")
        assert answer.status_code == 400, twice


def test_software_that_was_shut_out_is_not_known(desk: Desk, app: App) -> None:
    with desk.clinic.store.write() as tx:
        disable_client(tx, desk.clinic.ledger, app.id, actor="broker")
    assert desk.browser().get(desk.address(app)).status_code == 400


def test_whoever_has_to_sign_in_first_comes_back_to_the_whole_question(desk: Desk, app: App) -> None:
    """With state, challenge and details, also when the session ended while the page was open."""
    address = desk.address(app, authorization_details=details(locations=[EHR]))
    for act in ("get", "post"):
        stranger = desk.front.stranger()
        stranger.get("/sign-in")
        back = said_in(getattr(stranger, act)(address).location)["next"]
        assert back == address


def test_the_form_of_another_site_allows_nothing(desk: Desk, app: App) -> None:
    """A post without the page's own token is a stale form."""
    grant, browser = desk.grant(), desk.browser()
    browser.get(desk.address(app))
    browser.csrf = "made-up"
    answer = browser.post(desk.address(app), {"answer": "allow", "access": grant.id})
    assert answer.status_code == 400


def test_an_app_on_a_phone_is_led_back_by_its_own_scheme(desk: Desk) -> None:
    app = desk.public(redirect_uris=("com.example.ward:/back",))
    grant = desk.grant()
    browser, address = desk.browser(), desk.address(app, redirect_uri="com.example.ward:/back")
    policy = browser.get(address).headers["Content-Security-Policy"]
    assert "form-action 'self' com.example.ward:;" in policy
    location = browser.post(address, {"answer": "allow", "access": grant.id}).location
    assert location.startswith("com.example.ward:/back?code=")
