"""The site is down, slow, broken or mute: pages say what is true, nothing is lost, and it ends well."""

from __future__ import annotations

import pytest

from broker.access.grant import Grant, GrantState
from broker.identity.people import Role
from tests.live import go_between
from tests.live.conftest import Ward
from tests.live.go_between import Act, GoBetween
from tests.live.served_broker import Person, ServedBroker, until

pytestmark = pytest.mark.live
# What is on the wire, and whether the site did as it was told all the same.
TROUBLES: dict[str, tuple[Act, bool]] = {
    "500": (go_between.answer_500, False),
    "nonsense": (go_between.answer_html, False),
    "hung up": (go_between.drop, False),
    "answer lost": (go_between.cut_the_answer, True),
    "answer too late": (go_between.answer_too_late, True),
}


def test_granting_meets_every_trouble(
    served: ServedBroker, known_ward: Ward, between: GoBetween, approver: Person
) -> None:
    """Until the site has confirmed, request and grant say so and why; once it answers, access is there."""
    ward, session, granted = known_ward, known_ward.log_in(), dict[str, tuple[Person, str, Grant]]()
    for name in [*TROUBLES, "down"]:
        clinician = served.person(Role.CLINICIAN, account=ward.nurse)
        request_page = clinician.ask(ward.mine)
        if name == "down":
            between.go_down()
        else:
            between.order("apply", TROUBLES[name][0], for_good=True)
        grant = approver.approve(request_page)
        granted[name] = clinician, request_page, grant
        assert grant.state is GrantState.ACTIVATING, name
        assert "waiting for the site" in clinician.page(request_page), name
        page = clinician.page(f"/grants/{grant.id}")
        assert "The clinic's site has not confirmed yet" in page, name
        assert f"Last answer: {grant.fault}" in page, name
        assert "Go to the site" not in page, name
    assert ward.reads(session, ward.my_note)  # by a lease whose answer was lost
    between.heal()
    between.come_up()
    for clinician, request_page, grant in granted.values():
        served.becomes(grant.id, GrantState.ACTIVE)
        assert "access is live" in clinician.page(request_page)
        assert served.events(grant.id).count("grant.active") == 1
        clinician.end(grant)
        assert served.grant(grant.id).state is GrantState.REVOKED
    assert not ward.reads(ward.log_in(), ward.my_note)


def test_taking_back_from_a_site_in_trouble(
    served: ServedBroker, known_ward: Ward, between: GoBetween, clinician: Person, approver: Person
) -> None:
    """Never given up, and called unconfirmed at the third failure, in sight and by mail, until the site was read back."""
    ward, session = known_ward, known_ward.log_in()
    grant = approver.approve(clinician.ask(ward.mine))
    reviewer = served.person(Role.REVIEWER)
    between.order("revoke", go_between.answer_500, go_between.answer_html, go_between.drop, for_good=True)
    clinician.end(grant)
    assert "has not confirmed yet that it is gone" in clinician.page(f"/grants/{grant.id}")
    assert ward.reads(session, ward.my_note)  # what the page says is true
    until(lambda: served.grant(grant.id).unconfirmed_at is not None, 20)
    assert served.grant(grant.id).tries == 3
    told = served.told_of("grant.unconfirmed", grant.id)
    assert {"admin@demo.example", "reviewer@demo.example", reviewer.member.email} <= set(told)
    assert "has not confirmed that it is gone since" in reviewer.page("/")
    assert grant.id in reviewer.window.get("/history?state=unconfirmed").text
    assert "and somebody was told" in clinician.page(f"/grants/{grant.id}")
    between.heal()
    served.becomes(grant.id, GrantState.REVOKED)
    assert not ward.is_logged_in(session)
    assert served.events(grant.id)[-3:] == ["grant.revoking", "grant.unconfirmed", "grant.revoked"]
    assert grant.id not in reviewer.window.get("/").text


def test_an_end_that_was_done_but_not_heard(
    served: ServedBroker, known_ward: Ward, between: GoBetween, clinician: Person, approver: Person
) -> None:
    """The site revoked and the answer was lost: said again, it is the same end, and it harms no new session."""
    ward, session = known_ward, known_ward.log_in()
    grant = approver.approve(clinician.ask(ward.mine))
    between.order("revoke", go_between.cut_the_answer)
    clinician.end(grant)
    assert served.grant(grant.id).state is GrantState.REVOKING
    assert not ward.is_logged_in(session)
    again = ward.log_in()
    served.becomes(grant.id, GrantState.REVOKED)
    assert ward.is_logged_in(again)
    assert served.events(grant.id).count("grant.revoked") == 1
