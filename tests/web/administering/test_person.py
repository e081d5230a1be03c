"""Where one person is signed in, as an administrator sees and ends it."""

from __future__ import annotations

import re

import pytest

from broker.identity.people import Role
from tests.fakes.front import Front

_END = re.compile(r'action="(/people/[^"]+/sessions/[^"]+/end)"')


def page_of(who: str) -> str:
    return f"/people/{who}"


def test_each_session_is_listed_and_can_be_ended(front: Front) -> None:
    """The one that is ended is over at its next request, the other goes on; the ledger says who did it."""
    clinic = front.clinic
    first, second = front.browser(clinic.clinician), front.browser(clinic.clinician)
    admin = front.browser(clinic.admin)
    admin.get(page_of(clinic.clinician.id))
    ways = _END.findall(admin.page)
    assert len(ways) == 2
    assert admin.page.count("Password and one-time code") == 2
    admin.post(ways[0])
    answers = {browser.get("/").status_code for browser in (first, second)}
    assert answers == {200, 303}
    (entry,) = clinic.entries("session.ended")
    assert entry.actor == clinic.admin.id
    assert entry.facts["why"] == "ended_by_other"


def test_everything_ends_at_once(front: Front) -> None:
    """And their own session stays, when administrators do it to themselves."""
    clinic = front.clinic
    windows = [front.browser(clinic.clinician) for _ in range(3)]
    admin, elsewhere = front.browser(clinic.admin), front.browser(clinic.admin)
    for who in (clinic.clinician.id, clinic.admin.id):
        admin.get(page_of(who))
        assert admin.post(f"/people/{who}/sign-out").status_code == 303
    assert {window.get("/").status_code for window in windows} == {303}
    assert elsewhere.get("/").status_code == 303
    assert admin.get("/").status_code == 200


def test_a_session_of_somebody_else_is_not_ended_by_this_persons_page(front: Front) -> None:
    """Swapped ids find nothing."""
    clinic = front.clinic
    window = front.browser(clinic.approver)
    admin = front.browser(clinic.admin)
    admin.get(page_of(clinic.approver.id))
    session = _END.findall(admin.page)[0].split("/")[4]
    for who in (clinic.clinician.id, "person_nobody"):
        assert admin.post(f"/people/{who}/sessions/{session}/end").status_code == 404
    assert window.get("/").status_code == 200


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.APPROVER, Role.REVIEWER])
def test_nobody_else_looks_there(front: Front, role: Role) -> None:
    """Where colleagues are signed in is administrators' business."""
    clinic = front.clinic
    other = front.browser(clinic.join(f"other-{role}", role))
    other.get("/")
    assert other.get(page_of(clinic.admin.id)).status_code == 403
    assert other.post(f"/people/{clinic.admin.id}/sign-out").status_code == 403


def test_a_session_that_waits_for_its_code_says_so(front: Front) -> None:
    """Somebody may have the password and no more."""
    clinic = front.clinic
    front.browser(clinic.clinician, first_factor=True)
    admin = front.browser(clinic.admin)
    admin.get(page_of(clinic.clinician.id))
    assert "Password only, not finished" in admin.page
