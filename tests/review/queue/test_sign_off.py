import pytest

from broker.errors import Conflict, Invalid, NotFound, Refused
from broker.identity.people import Role, set_roles
from broker.ledger.read import entries_of_grant
from broker.review.queue.outcome import Outcome
from broker.review.queue.sign_off import sign
from tests.fakes.clinic import Member
from tests.fakes.past import Past


def promote(past: Past, member: Member) -> Member:
    """The same person, now a reviewer as well."""
    with past.store.write() as tx:
        roles = {*member.person.roles, Role.REVIEWER}
        member.person = set_roles(tx, past.ledger, member.id, roles, actor=past.admin.id)
    return member


def test_a_signed_review_is_closed_and_recorded(past: Past) -> None:
    """The outcome stands on the review and in the ledger, with the reviewer's name and a digest of the note."""
    grant = past.broken()
    review = sign(past.equipment, past.reviewer.person, grant.id, Outcome.QUESTIONABLE, " unclear why ")
    assert (review.outcome, review.signed_by) == ("questionable", past.reviewer.id)
    with past.store.read() as reader:
        entry = entries_of_grant(reader, grant.id)[-1].entry
        assert [note.text for note in past.notes.on_grant(reader, grant.id)] == ["unclear why"]
    assert (entry.event, entry.actor) == ("review.signed", past.reviewer.id)
    assert entry.facts["outcome"] == "questionable"
    assert "unclear" not in str(entry.facts)


def test_a_review_is_signed_once(past: Past) -> None:
    """The second reviewer is told what the first one found, and changes nothing."""
    grant = past.broken()
    sign(past.equipment, past.reviewer.person, grant.id, Outcome.APPROPRIATE)
    before = past.events()
    with pytest.raises(Conflict, match="appropriate"):
        sign(past.equipment, past.reviewer.person, grant.id, Outcome.MISUSE, "on reflection")
    assert past.events() == before


@pytest.mark.parametrize("outcome", [Outcome.QUESTIONABLE, Outcome.MISUSE])
def test_an_accusation_needs_words(past: Past, outcome: Outcome) -> None:
    """Nobody is called questionable without being told why."""
    grant = past.broken()
    with pytest.raises(Invalid) as invalid:
        sign(past.equipment, past.reviewer.person, grant.id, outcome, "  ")
    assert set(invalid.value.faults) == {"note"}
    assert past.events()[-1] != "review.signed"


def test_a_note_that_seems_to_name_somebody_is_questioned(past: Past) -> None:
    """A date in the note is kept only when the reviewer insists."""
    grant, note = past.broken(), "seen again on 01.02.1950"
    with pytest.raises(Invalid):
        sign(past.equipment, past.reviewer.person, grant.id, Outcome.APPROPRIATE, note)
    sign(past.equipment, past.reviewer.person, grant.id, Outcome.APPROPRIATE, note, note_confirmed=True)
    with past.store.read() as reader:
        assert [each.text for each in past.notes.on_grant(reader, grant.id)] == [note]


def test_nobody_reviews_their_own_access(past: Past) -> None:
    """A holder who is a reviewer too is refused."""
    grant = past.broken()
    own = promote(past, past.clinician)
    with pytest.raises(Refused, match="your own"):
        sign(past.equipment, own.person, grant.id, Outcome.APPROPRIATE)


def test_nobody_reviews_what_they_approved(past: Past) -> None:
    """A reviewer whose yes was one of two leaves the review to another."""
    grant = past.doubly_approved()
    with pytest.raises(Refused, match="approved"):
        sign(past.equipment, past.reviewer.person, grant.id, Outcome.APPROPRIATE)
    other = past.join("second-reviewer", Role.REVIEWER)
    assert sign(past.equipment, other.person, grant.id, Outcome.APPROPRIATE).signed_by == other.id


@pytest.mark.parametrize("who", ["clinician", "approver", "admin"])
def test_only_reviewers_sign(past: Past, who: str) -> None:
    """No other role closes a review, the administrator's least of all."""
    grant = past.broken()
    with pytest.raises(Refused):
        sign(past.equipment, getattr(past, who).person, grant.id, Outcome.APPROPRIATE)


def test_a_grant_without_a_review_has_nothing_to_sign(past: Past) -> None:
    """An ordinary grant that policy wants no review of says so."""
    grant = past.ordinary()
    with pytest.raises(NotFound):
        sign(past.equipment, past.reviewer.person, grant.id, Outcome.APPROPRIATE)


def test_signing_frees_the_holder(past: Past) -> None:
    """An overdue review stops the next break-glass, and its signature lets it through again."""
    grant = past.broken()
    past.clock.advance(hours=25)
    with pytest.raises(Refused):
        past.break_glass()
    sign(past.equipment, past.reviewer.person, grant.id, Outcome.APPROPRIATE)
    assert past.break_glass().grant is not None
