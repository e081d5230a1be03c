"""One's own sessions, listed and ended."""

from __future__ import annotations

import re

from tests.web.house import House, visible

PHONE = "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"


def test_another_session_is_listed_by_its_device_and_can_be_ended(house: House):
    """The phone that was left on the bus is signed out from the desk."""
    someone, desk, phone = house.someone(), house.browser(), house.browser()
    phone.headers["User-Agent"] = PHONE
    house.sign_in(phone, someone)
    house.sign_in(desk, someone)
    page = desk.get("/sessions")
    assert "Firefox on Android" in visible(page)
    action = re.search(r'action="(/sessions/session_\w+/end)"', page.text)
    assert action
    assert desk.post(action[1]).location == "/sessions"
    assert phone.get("/form").location.startswith("/sign-in")
    assert desk.get("/form").status_code == 200


def test_all_others_can_be_ended_at_once(house: House):
    """Everywhere else, not here."""
    someone, desk, phone = house.someone(), house.browser(), house.browser()
    house.sign_in(phone, someone)
    house.sign_in(desk, someone)
    desk.get("/sessions")
    desk.post("/sessions/end-others")
    assert phone.get("/form").location.startswith("/sign-in")
    assert desk.get("/form").status_code == 200


def test_somebody_elses_session_does_not_exist_here(house: House):
    """Foreign and made-up ids are answered alike."""
    ada, bob = house.someone("ada"), house.someone("bob")
    hers, his = house.browser(), house.browser()
    house.sign_in(hers, ada)
    house.sign_in(his, bob)
    with house.parts.store.read() as reader:
        from broker.identity.sessions.sessions import sessions_of

        foreign = sessions_of(reader, ada.id)[0].id
    his.get("/sessions")
    for session_id in (foreign, "session_made_up"):
        answer = his.post(f"/sessions/{session_id}/end")
        assert answer.status_code == 404
    assert hers.get("/form").status_code == 200
