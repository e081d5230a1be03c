import pytest
from jinja2 import TemplateNotFound

from broker.access.activate import activate
from broker.access.break_glass import break_glass_instead
from broker.access.decide import Verdict, decide
from broker.access.hand_back import hand_back
from broker.access.lapse import lapse_due
from broker.identity.people import Role, set_roles
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.notify.observer import MailQueue
from broker.notify.read import list_messages
from broker.notify.render import LetterTemplates
from broker.policy.load import load_catalog
from broker.revocation.sweep import sweep
from tests.fakes.clinic import POLICIES, Clinic
from tests.notify.conftest import BASE

pytestmark = pytest.mark.disable_socket


def unconfirmed(clinic: Clinic) -> str:
    """A grant whose site went away before its end could be confirmed."""
    grant = clinic.approve(clinic.ask(entitlement="wordpress-notes").request.id).grant
    assert grant is not None
    activate(clinic.equipment, grant.id)
    clinic.site.fault = "down"
    hand_back(clinic.equipment, clinic.clinician.person, grant.id)
    for _ in range(5):
        clinic.clock.advance(minutes=10)
        sweep(clinic.equipment)
    return grant.id


def overdue(clinic: Clinic, grant_id: str, request_id: str) -> None:
    with clinic.store.write() as tx:
        clinic.ledger.append(tx, Entry("review.overdue", "broker", request_id, grant_id, clinic.clinician.id))


def to(messages):
    return sorted(message.address.partition("@")[0] for message in messages)


def test_a_question_goes_to_every_approver_with_a_link_to_decide(clinic, outbox):
    """Each approver is told who, what, how long, why and by when, and where to answer."""
    request = clinic.ask().request
    messages = outbox("request.asked")
    assert to(messages) == ["approver", "second-approver"]
    first = messages[0]
    link = f"{BASE}/requests/{request.id}/decide"
    for body in (first.body_text, first.body_html):
        assert link in body
        for said in ("clinician", "Telehealth recording", "15 minutes", "Emergency treatment", "12:30 UTC"):
            assert said in body
        assert "Patient cannot speak for themselves" in body


def test_the_person_who_asks_is_never_asked_to_approve(clinic, outbox):
    """Whoever holds every role is still not told of an own request as its approver or reviewer."""
    with clinic.store.write() as tx:
        set_roles(tx, clinic.ledger, clinic.clinician.id, list(Role), actor="broker")
    clinic.ask()
    clinic.break_glass()
    asked = [m for event in ("request.asked", "request.broke_glass", "review.opened") for m in outbox(event)]
    assert asked
    assert clinic.clinician.id not in {message.recipient_id for message in asked}


def test_somebody_switched_off_is_told_nothing(clinic, outbox):
    """An approver without the role any more is not asked."""
    with clinic.store.write() as tx:
        set_roles(tx, clinic.ledger, clinic.second_approver.id, [], actor="broker")
    clinic.ask()
    assert to(outbox("request.asked")) == ["approver"]


def test_break_glass_tells_every_skipped_approver_why(clinic, outbox):
    """At once by policy: approvers hear that nobody was asked, reviewers by when to review."""
    clinic.break_glass()
    messages = {message.address.partition("@")[0]: message for message in outbox("request.broke_glass")}
    assert set(messages) == {"approver", "second-approver", "reviewer"}
    assert (
        "Why you were not asked:\npolicy lets the clinician go in at once" in messages["approver"].body_text
    )
    assert "Please review it by 2 Mar 2026" in messages["reviewer"].body_text
    assert outbox("request.asked") == []


def test_break_glass_after_silence_names_the_request_nobody_answered(clinic, outbox):
    """The skipped approvers read which request waited, and for how long."""
    waiting = clinic.ask().request
    clinic.clock.advance(minutes=7)
    break_glass_instead(clinic.equipment, clinic.clinician.person, waiting.id, clinic.clinician.code())
    for message in outbox("request.broke_glass"):
        for body in (message.body_text, message.body_html):
            assert f"request {waiting.id} for the same access got no decision in 7 minutes" in body
            assert "nobody was asked" not in body


def test_break_glass_for_another_patient_does_not_blame_the_approvers(clinic, outbox):
    """A waiting request for something else is no reason."""
    clinic.ask()
    clinic.clock.advance(minutes=7)
    clinic.admit("P-3003", "general")
    clinic.break_glass(patient_ref="P-3003")
    assert all("nobody was asked" in message.body_text for message in outbox("request.broke_glass"))


def test_the_requester_is_told_what_came_of_it(clinic, outbox):
    """Approved by whom, denied by whom, lapsed: each to the requester alone, with the request's page."""
    clinic.approve(clinic.ask().request.id)
    denied = clinic.ask().request
    decide(
        clinic.equipment, clinic.approver.person, denied.id, Verdict.DENY, "not today", clinic.approver.fresh
    )
    clinic.ask()
    clinic.clock.advance(hours=1)
    lapse_due(clinic.equipment)
    (approved,), (refused,), (lapsed,) = (
        outbox(f"request.{state}") for state in ("approved", "denied", "lapsed")
    )
    assert {m.recipient_id for m in (approved, refused, lapsed)} == {clinic.clinician.id}
    assert "approved by approver" in approved.body_text
    assert "denied by approver" in refused.body_text
    assert f"{BASE}/requests/{denied.id}\n" in refused.body_text
    assert "not decided in time" in lapsed.body_text


def test_a_review_is_told_to_reviewers_and_overdue_to_the_holder_as_well(clinic, outbox):
    """Reviewers hear of it at its opening; what it blocks is told to the holder, in other words."""
    asked = clinic.break_glass()
    assert to(outbox("review.opened")) == ["reviewer"]
    overdue(clinic, asked.grant.id, asked.request.id)
    messages = {message.address.partition("@")[0]: message for message in outbox("review.overdue")}
    assert set(messages) == {"clinician", "reviewer"}
    assert "you get no access without an approver" in messages["clinician"].body_text
    assert "Please sign it now" in messages["reviewer"].body_text


def test_an_end_nobody_confirmed_is_told_to_administrators_and_reviewers_once(clinic, outbox):
    """Somebody is told when a site does not confirm, however often it is tried."""
    grant_id = unconfirmed(clinic)
    messages = outbox("grant.unconfirmed")
    assert to(messages) == ["admin", "reviewer"]
    for message in messages:
        assert '"The clinic" has not confirmed' in message.body_text
        assert f"{BASE}/grants/{grant_id}" in message.body_text


def test_a_refused_push_is_told_to_the_requester_and_administrators(clinic, outbox):
    """The person who waits hears that it did not start; the site's own words stay on the page."""
    grant = clinic.approve(clinic.ask(entitlement="wordpress-notes").request.id).grant
    clinic.site.fault = "refuse"
    activate(clinic.equipment, grant.id)
    messages = outbox("grant.push_refused")
    assert to(messages) == ["admin", "clinician"]
    assert all("forbidden_capability" not in message.body_text for message in messages)


def test_no_patient_data_travels(clinic, outbox):
    """Not the clinic's id, the note, a comment, the patient's id, a title of what is held, or an account."""
    patient = clinic.admit("CANARY-REF-77", "general")
    canary = {"patient_ref": "CANARY-REF-77", "note": "canary-note", "note_confirmed": True}
    decide(
        clinic.equipment,
        clinic.approver.person,
        clinic.ask(**canary).request.id,
        Verdict.DENY,
        "canary-comment",
        clinic.approver.fresh,
    )
    clinic.ask(**canary)
    clinic.clock.advance(minutes=31)
    lapse_due(clinic.equipment)
    glass = clinic.break_glass(**canary)
    overdue(clinic, glass.grant.id, glass.request.id)
    refused = clinic.approve(clinic.ask(**canary, entitlement="wordpress-notes").request.id).grant
    clinic.site.fault = "refuse"
    activate(clinic.equipment, refused.id)
    clinic.site.fault = ""
    unconfirmed(clinic)
    messages = outbox()
    assert {message.event for message in messages} == {
        "request.asked",
        "request.broke_glass",
        "request.approved",
        "request.denied",
        "request.lapsed",
        "grant.push_refused",
        "grant.unconfirmed",
        "review.opened",
        "review.overdue",
    }
    for message in messages:
        whole = f"{message.subject}\n{message.body_text}\n{message.body_html}".casefold()
        for secret in ("canary", "P-1001", "collapsed after", patient.id, "A recording", "dr-on-call"):
            assert secret.casefold() not in whole, f"{message.event} tells too much"


def test_message_and_state_stand_or_fall_together(clinic, store, outbox):
    """When the commit fails after the mail was written, neither the request nor the mail is there."""

    def fails(_tx, recorded):
        if recorded.entry.event == "request.asked":
            raise RuntimeError("the process met its end")

    queue = MailQueue(load_catalog(POLICIES), BASE)
    seen = []

    def looks(tx, recorded):
        seen.extend(list_messages(tx, event="request.asked"))
        fails(tx, recorded)

    object.__setattr__(clinic.equipment, "ledger", Ledger([queue, looks]))
    with pytest.raises(RuntimeError):
        clinic.ask()
    assert seen
    assert outbox() == []
    assert "request.asked" not in clinic.events()


def test_nothing_is_granted_when_nobody_can_be_told(clinic, tmp_path):
    """Without its templates a question, which approvers would never see, is refused."""
    mute = MailQueue(load_catalog(POLICIES), BASE, templates=LetterTemplates(tmp_path))
    object.__setattr__(clinic.equipment, "ledger", Ledger([mute]))
    with pytest.raises(TemplateNotFound):
        clinic.ask()
    with pytest.raises(TemplateNotFound):
        clinic.break_glass()
    assert "request.asked" not in clinic.events()


def test_the_end_of_access_does_not_wait_for_a_mail(clinic, tmp_path):
    """A mail nobody can write stops no revocation and nothing else that takes access away."""
    grant = clinic.approve(clinic.ask(entitlement="wordpress-notes").request.id).grant
    activate(clinic.equipment, grant.id)
    mute = MailQueue(load_catalog(POLICIES), BASE, templates=LetterTemplates(tmp_path))
    object.__setattr__(clinic.equipment, "ledger", Ledger([mute]))
    clinic.site.fault = "down"
    hand_back(clinic.equipment, clinic.clinician.person, grant.id)
    for _ in range(5):
        clinic.clock.advance(minutes=10)
        sweep(clinic.equipment)
    assert "grant.unconfirmed" in clinic.events()
    clinic.site.fault = ""
    clinic.clock.advance(minutes=10)
    assert sweep(clinic.equipment).revoked == 1
