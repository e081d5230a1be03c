"""The page of a grant: what it opens, until when, and why it ended."""

from __future__ import annotations

from broker.access.activate import activate
from broker.access.grant import Grant, GrantState, get_grant
from broker.revocation.sweep import sweep
from tests.fakes.front import Browser, Front


def _live(front: Front, **changes: object) -> tuple[Browser, Grant]:
    grant = front.clinic.break_glass(**changes).grant
    assert grant is not None
    return front.browser(front.clinic.clinician), activate(front.clinic.equipment, grant.id)


def test_the_banner_stands_on_every_page_of_its_holder_alone(front: Front) -> None:
    """What, which patient, until when, and both buttons; others have none of it."""
    holder, grant = _live(front)
    for path in ("/", "/requests/new", f"/grants/{grant.id}", f"/requests/{grant.request_id}"):
        holder.get(path)
        assert "Live access: Telehealth recording, P-1001" in holder.page
        assert "End now" in holder.page
        assert "Extend" in holder.page
    approver = front.browser(front.clinic.approver)
    approver.get("/")
    assert "Live access:" not in approver.page


def test_end_now_ends_it_and_the_page_stays_readable(front: Front) -> None:
    """One press, no code; afterwards the page says that and why it ended, and offers nothing to open."""
    holder, grant = _live(front)
    holder.get(f"/grants/{grant.id}")
    assert holder.post(f"/grants/{grant.id}/end").location == f"/grants/{grant.id}"
    holder.get(f"/grants/{grant.id}")
    assert "This access has ended" in holder.page
    assert "It was handed back early." in holder.page
    assert "Open recording" not in holder.page
    assert "Live access:" not in holder.page
    assert holder.post(f"/grants/{grant.id}/end").status_code == 303


def test_its_time_is_over_before_anybody_swept(front: Front) -> None:
    """The page never offers what would not open any more."""
    _, grant = _live(front)
    front.clinic.clock.advance(minutes=15)
    holder = front.browser(front.clinic.clinician)
    holder.get(f"/grants/{grant.id}")
    assert "Its time was over." in holder.page
    assert "Open recording" not in holder.page


def test_security_may_end_anothers_access(front: Front) -> None:
    """Approvers, reviewers and admins see the page with End now; the timeline keeps who it was."""
    holder, grant = _live(front)
    reviewer = front.browser(front.clinic.reviewer)
    reviewer.get(f"/grants/{grant.id}")
    assert "Open recording" not in reviewer.page
    reviewer.post(f"/grants/{grant.id}/end")
    holder.get(f"/grants/{grant.id}")
    assert "Security ended it." in holder.page


def test_a_colleague_finds_nothing_there(front: Front) -> None:
    """Another clinician can neither look at it nor end it."""
    _, grant = _live(front)
    colleague = front.browser(front.clinic.join("colleague"))
    colleague.get("/")
    assert colleague.get(f"/grants/{grant.id}").status_code == 404
    assert colleague.post(f"/grants/{grant.id}/end").status_code == 404
    with front.clinic.store.read() as reader:
        assert get_grant(reader, grant.id).is_effective(reader.at)


def test_a_silent_site_is_said_and_tried_again_in_sight(front: Front) -> None:
    """While the site has not confirmed, the page says so; once it has, the page leads there."""
    front.clinic.site.fault = "down"
    holder, grant = _live(front, entitlement="wordpress-notes")
    holder.get(f"/grants/{grant.id}")
    assert "The clinic has not confirmed yet" in holder.page
    assert "Go to the site" not in holder.page
    assert "hx-get" in holder.page
    front.clinic.site.fault = ""
    front.clinic.clock.advance(minutes=1)
    sweep(front.clinic.equipment)
    holder.get(f"/grants/{grant.id}")
    assert "Go to the site" in holder.page


def test_an_unconfirmed_end_is_said(front: Front) -> None:
    """A site that cannot be read back is named as unconfirmed until it was."""
    holder, grant = _live(front, entitlement="wordpress-notes")
    front.clinic.site.fault = "down"
    holder.get("/")
    holder.post(f"/grants/{grant.id}/end")
    holder.get(f"/grants/{grant.id}")
    assert "has not confirmed yet that it is gone" in holder.page
    for _ in range(3):
        front.clinic.clock.advance(minutes=6)
        sweep(front.clinic.equipment)
    holder.get(f"/grants/{grant.id}")
    assert "Unconfirmed" in holder.page
    assert "somebody was told" in holder.page
    front.clinic.site.fault = ""
    front.clinic.clock.advance(minutes=10)
    sweep(front.clinic.equipment)
    with front.clinic.store.read() as reader:
        assert get_grant(reader, grant.id).state is GrantState.REVOKED


def test_more_time_needs_a_code_and_an_approver(front: Front) -> None:
    """The form asks for a length and a code, and leads to the request that waits."""
    holder, grant = _live(front)
    form = f"/grants/{grant.id}/extend"
    holder.get(form)
    assert "What you have goes on until its own end" in holder.page
    assert holder.post(form, {"duration": "15", "code": ""}).status_code == 422
    assert holder.post(form, {"duration": "15", "code": "000000"}).status_code == 422
    answer = holder.post(form, {"duration": "15", "code": holder.code()})
    assert answer.location.startswith("/requests/req_")
    holder.get(answer.location)
    assert "You asked for more time" in holder.page


def test_what_has_ended_cannot_be_extended(front: Front) -> None:
    """The form says so instead of failing after it was filled in."""
    holder, grant = _live(front)
    holder.get("/")
    holder.post(f"/grants/{grant.id}/end")
    form = f"/grants/{grant.id}/extend"
    holder.get(form)
    assert "it cannot be extended" in holder.page
    assert holder.post(form, {"duration": "15", "code": holder.code()}).status_code == 409
