"""From the request form to the real site and back: every page over HTTP, every effect looked for on the site."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
import requests

from broker.access.grant import Cause, Grant, GrantState
from broker.identity.people import Role
from tests.live.conftest import Ward
from tests.live.served_broker import ENTITLEMENT, Person, ServedBroker

pytestmark = pytest.mark.live
OFFER = f'value="{ENTITLEMENT}"'


def granted(clinician: Person, approver: Person, patient: str) -> Grant:
    return approver.approve(clinician.ask(patient))


def wait_for_end(broker: ServedBroker, grant: Grant) -> None:
    time.sleep(max(0.0, (grant.expires_at - broker.parts.clock.wall()).total_seconds()))


def test_asked_approved_used_handed_back(
    served: ServedBroker, known_ward: Ward, clinician: Person, approver: Person
) -> None:
    """Approval opens that patient's notes to the session that stands open already; handing back ends both."""
    ward, session = known_ward, known_ward.log_in()
    request_page = clinician.ask(ward.mine)
    assert "Waiting for approval" in clinician.page(request_page)
    assert not ward.reads(session, ward.my_note)
    grant = approver.approve(request_page)
    assert "You approved this" in approver.page(f"{request_page}/decide")
    assert "access is live" in clinician.page(request_page)
    notes = session.get(clinician.way_to_site(grant).replace(served.between.url, ward.site.url), timeout=20)
    assert f'id="post-{ward.my_note}"' in notes.text
    assert f'id="post-{ward.other_note}"' not in notes.text
    assert ward.reads(session, ward.my_note)
    assert ward.edits(session, ward.my_note, "by the holder")
    assert ward.saved(ward.my_note) == "by the holder"
    assert not ward.reads(session, ward.other_note)
    assert not ward.edits(session, ward.other_note)
    clinician.end(grant)
    assert "was asked again and holds nothing of it" in clinician.page(f"/grants/{grant.id}")
    assert not ward.reads(session, ward.my_note)
    assert not ward.is_logged_in(session)
    assert not ward.reads(ward.log_in(), ward.my_note)
    assert served.events(grant.id) == [
        "grant.issued",
        "grant.activating",
        "grant.active",
        "grant.revoking",
        "grant.revoked",
    ]


def test_only_whom_the_site_knows_is_offered_it(served: ServedBroker, known_ward: Ward) -> None:
    """The form offers the role on the site to people with a linked account there; typed anyway, it is refused."""
    stranger = served.person(Role.CLINICIAN)
    assert OFFER not in stranger.window.get("/requests/new").text
    fields = {"entitlement": ENTITLEMENT, "purpose": "ETREAT", "reason": "unresponsive", "duration": "15"}
    typed = stranger.window.post(
        "/requests/new", patient=known_ward.mine, code=stranger.member.code(), **fields
    )
    assert typed.status_code == 422
    assert "No account of yours is linked" in typed.text
    nurse = served.person(Role.CLINICIAN, account=known_ward.nurse)
    assert OFFER in nurse.window.get("/requests/new").text


def test_security_ends_it(
    served: ServedBroker, known_ward: Ward, clinician: Person, approver: Person
) -> None:
    """A reviewer ends another's access: the session on the site is over before the reviewer sees the answer."""
    ward, session = known_ward, known_ward.log_in()
    grant = granted(clinician, approver, ward.mine)
    assert ward.reads(session, ward.my_note)
    reviewer = served.person(Role.REVIEWER)
    assert reviewer.end(grant).status_code == 200
    assert not ward.is_logged_in(session)
    assert "Security ended it" in clinician.page(f"/grants/{grant.id}")
    assert served.grant(grant.id).cause is Cause.ENDED_BY_SECURITY


def test_broken_glass_runs_out(served: ServedBroker, known_ward: Ward, clinician: Person) -> None:
    """At once, without anybody: until its end, when the site refuses by itself and the sweep reads it back."""
    ward, session = known_ward, known_ward.log_in()
    grant = clinician.break_glass(ward.mine)
    assert grant.state is GrantState.ACTIVE
    assert ward.edits(session, ward.my_note)
    assert not ward.reads(session, ward.other_note)
    wait_for_end(served, grant)
    assert not ward.reads(session, ward.my_note)
    assert not ward.is_logged_in(session)
    swept = served.becomes(grant.id, GrantState.REVOKED)
    assert swept.cause is Cause.EXPIRED
    assert swept.revoked_at is not None
    assert swept.revoked_at - grant.expires_at < timedelta(seconds=10)
    reviewer = served.person(Role.REVIEWER)
    assert ward.mine in reviewer.page("/reviews")


def test_two_overlap(served: ServedBroker, known_ward: Ward, clinician: Person, approver: Person) -> None:
    """Each of two patients' grants lives and dies on its own; the session ends with the last."""
    ward, session = known_ward, known_ward.log_in()
    mine, other = (granted(clinician, approver, patient) for patient in (ward.mine, ward.other))
    assert ward.reads(session, ward.my_note)
    assert ward.reads(session, ward.other_note)
    clinician.end(mine)
    assert ward.is_logged_in(session)
    assert not ward.reads(session, ward.my_note)
    assert ward.edits(session, ward.other_note)
    assert "live" in clinician.page(f"/grants/{other.id}")
    clinician.end(other)
    assert not ward.is_logged_in(session)


def test_extended_without_a_gap(
    served: ServedBroker, known_ward: Ward, clinician: Person, approver: Person
) -> None:
    """Who looked away while the first grant gave way to the linked one works on in the same session."""
    ward, session = known_ward, known_ward.log_in()
    first = clinician.break_glass(ward.mine)
    assert ward.reads(session, ward.my_note)
    longer = approver.approve(clinician.extend(first))
    assert longer.extends_grant == first.id
    assert longer.expires_at == first.expires_at + timedelta(minutes=15)
    wait_for_end(served, first)
    assert ward.edits(session, ward.my_note)
    served.becomes(first.id, GrantState.REVOKED)
    assert ward.edits(session, ward.my_note)
    assert served.grant(longer.id).state is GrantState.ACTIVE
    clinician.end(longer)
    assert not ward.is_logged_in(session)


def test_the_broker_is_dead(served: ServedBroker, known_ward: Ward, clinician: Person) -> None:
    """Killed with access open: the site refuses at the end by itself; started again, the broker catches up."""
    ward, session = known_ward, known_ward.log_in()
    grant = clinician.break_glass(ward.mine)
    served.kill()
    assert ward.reads(session, ward.my_note)
    wait_for_end(served, grant)
    assert not ward.reads(session, ward.my_note)
    assert not ward.is_logged_in(session)
    with pytest.raises(requests.ConnectionError):
        clinician.window.get("/")
    served.start(as_released=True)
    assert served.becomes(grant.id, GrantState.REVOKED).cause is Cause.EXPIRED
    assert served.events(grant.id)[-2:] == ["grant.revoking", "grant.revoked"]
    served.check_ledger()
    served.stop()
    served.start()
