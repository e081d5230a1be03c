"""What people type, what opens a door and who is meant never reach the log."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest

from tests.cli.conftest import DEMO_PASSWORD
from tests.cli.shell import Serving, Shell
from tests.cli.visitor import Visitor

NOTE = "canary-note-collapsed-after-the-visit"
COMMENT = "canary-comment-please-hurry"
WRONG_PASSWORD = "canary-wrong-password"
WRONG_CODE = "000111"
PATIENT, STRANGER = "P-1001", "canary-patient-9"
ADDRESS = "canary-in-the-address"
ASK = {
    "entitlement": "telehealth-recording",
    "purpose": "ETREAT",
    "reason": "unresponsive",
    "duration": "15",
    "path": "ordinary",
}


@dataclass
class Session:
    """What was done, and every word of it that no log may hold."""

    served: Serving
    canaries: set[str] = field(
        default_factory=lambda: {
            NOTE,
            COMMENT,
            WRONG_PASSWORD,
            WRONG_CODE,
            PATIENT,
            STRANGER,
            ADDRESS,
            DEMO_PASSWORD,
        }
    )

    def code(self, role: str) -> str:
        printed = self.served.shell.run("demo", "code", f"{role}@demo.example").stdout.strip()
        self.canaries.add(printed)
        return printed

    def enter(self, role: str) -> Visitor:
        visitor = Visitor(self.served.url)
        visitor.post("/sign-in", email=f"{role}@demo.example", password=WRONG_PASSWORD)
        visitor.post("/sign-in", email=f"{role}@demo.example", password=DEMO_PASSWORD)
        visitor.post("/sign-in/code", code=WRONG_CODE)
        visitor.post("/sign-in/code", code=self.code(role))
        assert visitor.is_in()
        self.canaries |= set(visitor.session.cookies.values())
        return visitor


@pytest.fixture
def session(demo_shell: Shell):
    with demo_shell.serving("demo", "run", log_level="DEBUG") as served:
        yield Session(served)


def test_a_whole_session_leaves_no_canary_in_the_log(session: Session) -> None:
    """Asking, approving, a link, mistakes and forged addresses: the log has lines about them, and none of the words."""
    clinician, approver = session.enter("clinician"), session.enter("approver")
    form = "/requests/new"
    clinician.post(form, patient=STRANGER, note=NOTE, code=WRONG_CODE, **ASK)
    asked = clinician.post(form, patient=PATIENT, note=NOTE, code=session.code("clinician"), **ASK)
    assert "Waiting for approval" in asked.text, asked.url
    decided = approver.post(f"{asked.url}/decide", verdict="approve", comment=COMMENT)
    assert "Approved" in decided.text
    grant, holding = _link_form(clinician.get(asked.url).text, clinician)
    shown = clinician.post(f"{grant}/link", seen_at=grant, holding=holding)
    token = re.search(r"/links/([\w.~-]+)", shown.text)
    assert token, shown.text
    session.canaries.add(token.group(1))
    forged = f"{token.group(1)[:-4]}AAAA"
    session.canaries.add(forged)
    clinician.get(f"/links/{forged}")
    clinician.post("/links", seen_at="/", link=forged)
    opened = clinician.post("/links", seen_at=f"/links/{token.group(1)}", link=token.group(1))
    assert opened.ok, opened.text
    clinician.post("/links", seen_at="/", link=token.group(1))
    Visitor(session.served.url).get(f"/links/{token.group(1)}")
    _blunder(clinician)
    log = session.served.errors.read_text()
    assert "request_refused" in log
    assert {word for word in session.canaries if word in log} == set()


def _link_form(page: str, clinician: Visitor) -> tuple[str, str]:
    """Where the grant's page is and which holding its form names."""
    grant = re.search(r'href="(/grants/grant_\w+)"', page)
    assert grant
    holding = re.search(r'name="holding" value="(\w+)"', clinician.get(grant.group(1)).text)
    assert holding
    return grant.group(1), holding.group(1)


def _blunder(visitor: Visitor) -> None:
    assert visitor.get(f"/{ADDRESS}?q={ADDRESS}").status_code == 404
    assert visitor.get(f"/requests/{ADDRESS}").status_code == 404
    assert (
        visitor.session.post(f"{visitor.url}/requests/new", data={"note": NOTE}, timeout=20).status_code
        == 400
    )
    much = visitor.session.post(f"{visitor.url}/requests/new", data={"note": NOTE * 9000}, timeout=20)
    assert much.status_code == 413
    assert visitor.session.put(f"{visitor.url}/requests/new?{ADDRESS}", timeout=20).status_code == 405
    broken = visitor.session.get(visitor.url, headers={"Host": f"{ADDRESS}.example"}, timeout=20)
    assert broken.status_code == 400
