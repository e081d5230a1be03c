from datetime import timedelta

import pytest

from broker.access.break_glass import break_glass_instead
from broker.access.decide import decide
from broker.access.extend import extend
from broker.access.grant import grant_is_effective
from broker.access.hand_back import hand_back
from broker.access.revoke import revoke
from broker.credentials.links.hand_out import hand_out
from broker.credentials.links.link_token import LinkSigner
from broker.credentials.links.links import LinkRefused, exchange
from broker.errors import NotFound
from broker.identity.people import Role
from broker.ledger.entry import Entry
from broker.review.queue.outcome import Outcome
from broker.review.queue.overdue import tell_overdue
from broker.review.queue.sign_off import sign
from broker.review.story.timeline import Story, read_story
from broker.revocation.sweep import sweep
from tests.fakes.past import Past

SIGNER = LinkSigner([bytes(range(32))])


def story(past: Past, grant_id: str) -> Story:
    with past.store.read() as reader:
        return read_story(reader, past.equipment.catalog, past.notes, grant_id)


def titles(past: Past, grant_id: str) -> list[str]:
    return [step.title for step in story(past, grant_id).steps]


def test_why_policy_allowed_it_is_told_as_it_was_found(past: Past) -> None:
    """Each rule that was looked at, in the words of that day, whatever policy says today."""
    found = story(past, past.on_site().id).because
    assert any(words.startswith("May be asked for by: Clinician") for words in found)
    assert any("minutes of at most" in words for words in found)
    assert len(found) >= 7


def test_an_ordinary_grant_from_the_question_to_the_end(past: Past) -> None:
    """Everything that happened is told, in order, with who did it."""
    grant = past.on_site()
    past.ended(grant)
    assert titles(past, grant.id) == [
        "clinician asked for access",
        "approver approved",
        "Access was granted",
        "A lease was made for the site The clinic",
        "Access was live",
        "Access ended: handed back early",
        "Gone, and read back",
    ]


def test_the_decision_carries_its_policy_factor_and_reasons(past: Past) -> None:
    """A reviewer sees under which policy, with which factor and for which reason it was asked and approved."""
    grant = past.ordinary()
    asked, approved, *_ = story(past, grant.id).steps
    digest = past.equipment.catalog.digest[:12]
    assert "one-time code for exactly this" in asked.text
    assert past.equipment.catalog.reasons["unresponsive"] in asked.text
    assert digest in asked.text
    assert digest in approved.text
    assert "at sign-in, still fresh" in approved.text


def test_an_approvers_comment_is_told(past: Past) -> None:
    """What approvers wrote stands beside their decision, each beside their own."""
    asked = past.ask(patient_ref="P-2002", entitlement="restricted-record", purpose="TREAT").request
    for who, comment in ((past.approver, "spoke to the ward"), (past.second_approver, "agreed")):
        decided = decide(past.equipment, who.person, asked.id, "approve", comment, who.fresh)  # type: ignore[arg-type]
    assert decided.grant is not None
    told = {step.title: step.text for step in story(past, decided.grant.id).steps}
    assert "“spoke to the ward” 1 more approval was needed" in told["approver approved"]
    assert "“agreed”" in told["second-approver approved"]


def test_break_glass_is_told_loudly_with_the_question_that_waited(past: Past) -> None:
    """The request nobody answered belongs to the story of the grant that took its place."""
    waiting = past.ask().request
    past.clock.advance(minutes=6)
    asked = break_glass_instead(past.equipment, past.clinician.person, waiting.id, past.clinician.code())
    assert asked.grant is not None
    steps = story(past, asked.grant.id).steps
    assert steps[0].at == waiting.asked_at
    assert [step.kind for step in steps if step.title == "clinician broke the glass"] == ["warn"]
    assert "The waiting request was withdrawn" in [step.title for step in steps]


def test_what_was_opened_and_refused_is_told(past: Past) -> None:
    """Links handed out, things opened with them, and a link in foreign hands all stand in the story."""
    grant = past.ordinary()
    (holding,) = grant.scope["holdings"]
    token = hand_out(past.store, past.ledger, SIGNER, past.clinician.person, grant.id, holding)
    for who in (past.approver, past.clinician):
        try:
            exchange(
                past.store,
                past.ledger,
                SIGNER,
                token=token,
                person_id=who.id,
                grant_is_effective=grant_is_effective,
            )
        except LinkRefused:
            assert who is past.approver
    told = titles(past, grant.id)
    assert told[-4:] == [
        "A link was handed out",
        "A link was refused to approver",
        "clinician opened A recording",
        "Ends by itself",
    ]


def test_a_site_that_does_not_confirm_is_told_with_its_tries(past: Past) -> None:
    """An unconfirmed end shows since when, how often, and what the site answered last."""
    steps = story(past, past.unconfirmed().id).steps
    assert [step.title for step in steps if step.kind == "stop"] == [
        "The site would not confirm that it is gone"
    ]
    assert steps[-1].kind == "now"
    assert "tries so far. The site does not answer." in steps[-1].text


def test_security_ending_it_is_told_by_name(past: Past) -> None:
    """Who took the access away stands in the story."""
    grant = past.ordinary()
    revoke(past.equipment, past.reviewer.person, grant.id)
    ended = [step for step in story(past, grant.id).steps if step.kind == "stop"]
    assert [(step.title, step.text) for step in ended] == [
        ("Access ended: ended by security", "By reviewer.")
    ]


def test_the_review_is_part_of_the_story(past: Past) -> None:
    """Due, overdue and signed are steps like any other."""
    grant = past.broken()
    assert titles(past, grant.id)[-2:] == ["Ends by itself", "Review due"]
    past.clock.advance(hours=25)
    sweep(past.equipment)
    tell_overdue(past.equipment)
    sign(past.equipment, past.reviewer.person, grant.id, Outcome.QUESTIONABLE, "no emergency")
    assert titles(past, grant.id)[-2:] == ["The review was overdue", "reviewer reviewed it: questionable"]
    assert story(past, grant.id).review.outcome is Outcome.QUESTIONABLE  # type: ignore[union-attr]


def test_an_expired_grant_nobody_swept_is_not_called_live(past: Past) -> None:
    """With the sweep dead the story still says that it opens nothing."""
    grant = past.ordinary()
    past.clock.advance(hours=1)
    assert titles(past, grant.id)[-1] == "Expired"


def test_extensions_name_each_other(past: Past) -> None:
    """The grant that was extended names the one that follows it."""
    first = past.ordinary()
    more = extend(
        past.equipment,
        past.clinician.person,
        first.id,
        timedelta(minutes=15),
        "form_more",
        past.clinician.code(),
    )
    second = past.approve(more.request.id).grant
    assert second is not None
    assert story(past, first.id).extended_by == (second.id,)
    assert story(past, second.id).grant.extends_grant == first.id
    assert titles(past, second.id)[0] == "clinician asked for more time"


def test_a_step_without_words_is_shown_by_its_name(past: Past) -> None:
    """What a later version writes is never left out of a story."""
    grant = past.ordinary()
    with past.store.write() as tx:
        past.ledger.append(tx, Entry("grant.looked_at_by_moon", "broker", grant.request_id, grant.id))
    assert "grant.looked_at_by_moon" in titles(past, grant.id)


def test_an_unknown_grant_has_no_story(past: Past) -> None:
    """A made-up id is not found."""
    with pytest.raises(NotFound):
        story(past, "grant_unknown")


def test_other_grants_stay_out(past: Past) -> None:
    """The story of one grant holds no step of another, though person and patient are the same."""
    first = past.ordinary()
    hand_back(past.equipment, past.clinician.person, first.id)
    before = titles(past, first.id)
    past.broken()
    past.join("somebody", Role.CLINICIAN)
    assert titles(past, first.id) == before
