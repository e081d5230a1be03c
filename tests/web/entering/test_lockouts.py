"""Wrong tries slow down whoever makes them: neither the one they are aimed at, nor the end of access."""

from __future__ import annotations

from broker.access.activate import activate
from broker.access.grant import GrantState, get_grant
from broker.identity.signing_in.lockout import Door, Kind, count_failure, locked_until
from tests.fakes.front import Front, ask_fields
from tests.web.house import Browser, House, visible

WRONG = "wrong wrong wrong"


def at(house: House, address: str) -> Browser:
    """A browser nobody has used here, at this address."""
    browser = house.browser()
    browser.client.environ_base["REMOTE_ADDR"] = address
    browser.get("/sign-in")
    return browser


def test_one_typist_does_not_lock_out_the_hospital_behind_one_address(house: House) -> None:
    """Colleagues share her address and sign in with browsers nobody has used before."""
    typist, colleague = house.someone("typist"), house.someone("colleague")
    hers = at(house, "192.0.2.1")
    for _ in range(9):
        last = hers.post("/sign-in", {"email": typist.email, "password": WRONG})
    assert last.status_code == 429
    theirs = at(house, "192.0.2.1")
    house.sign_in(theirs, colleague)
    assert theirs.get("/sessions").status_code == 200


def test_guesses_from_everywhere_do_not_keep_her_own_browser_out(house: House) -> None:
    """Strangers are slowed as one, a browser she has never used with them; where she was before she gets in."""
    clinician = house.someone("clinician")
    own = at(house, "192.0.2.1")
    house.sign_in(own, clinician)
    own.post("/sign-out")
    for number in range(25):
        stranger = at(house, f"198.51.100.{number}")
        last = stranger.post("/sign-in", {"email": clinician.email, "password": WRONG})
    assert last.status_code == 429
    assert (
        at(house, "203.0.113.5")
        .post("/sign-in", {"email": clinician.email, "password": "correct horse battery"})
        .status_code
        == 429
    )
    house.sign_in(own, clinician)
    assert own.get("/sessions").status_code == 200


def test_how_long_to_wait_stands_in_a_header_too(house: House) -> None:
    """Software reads it there; the page says it in words."""
    browser = at(house, "192.0.2.1")
    for _ in range(7):
        answer = browser.post("/sign-in", {"email": "nobody@demo.example", "password": WRONG})
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert "Try again in about" in visible(answer)


def test_who_must_wait_for_a_code_still_ends_access_and_signs_out(front: Front) -> None:
    """A holder whose codes are locked gives access back, withdraws a request, ends other sessions, leaves."""
    clinic, member = front.clinic, front.clinic.clinician
    asked = clinic.break_glass()
    grant = activate(clinic.equipment, asked.grant.id).id
    waiting = clinic.ask().request.id
    browser = front.browser(member)
    browser.get("/requests/new")
    code = browser.code()
    lock_codes(front)
    refused = browser.post("/requests/new", ask_fields(code=code))
    assert (refused.status_code, "too many wrong tries" in refused.text) == (429, True)
    assert 1 <= int(refused.headers["Retry-After"]) <= 15 * 60
    for path in (f"/grants/{grant}/end", f"/requests/{waiting}/withdraw", "/sessions/end-others"):
        assert browser.post(path).status_code == 303, path
    with clinic.store.read() as reader:
        assert get_grant(reader, grant).state is GrantState.REVOKED
    assert browser.post("/sign-out").status_code == 303


def test_security_ends_access_though_their_own_codes_are_locked(front: Front) -> None:
    """Whoever attacks the approver's account does not keep a grant alive."""
    clinic = front.clinic
    asked = clinic.break_glass()
    grant = activate(clinic.equipment, asked.grant.id).id
    for member in (clinic.approver, clinic.admin):
        lock_codes(front, member.id)
    browser = front.browser(clinic.approver)
    browser.get("/sessions")
    assert browser.post(f"/grants/{grant}/end").status_code == 303
    with clinic.store.read() as reader:
        assert get_grant(reader, grant).state is GrantState.REVOKED


def lock_codes(front: Front, person_id: str = "") -> None:
    """As after many wrong codes from everywhere, the place of the test's browser among them."""
    with front.clinic.store.write() as tx:
        for source in ("127.0.0.1", "192.0.2.10"):
            door = Door(Kind.CODE, person_id or front.clinic.clinician.id, source, known=False)
            for _ in range(30):
                count_failure(tx, door)
            assert locked_until(tx, door) is not None
