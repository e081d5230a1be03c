from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Barrier, Thread

import pytest
from sqlalchemy import update

from broker.access.tables import reviews
from broker.errors import Conflict, Invalid, Refused
from broker.identity.disable import disable
from broker.identity.people import Role, set_roles
from broker.review.against_ledger.check import check_rows
from broker.review.queue.assign import assign, may_be_assigned, release_who_left
from broker.review.queue.open_reviews import Which, count_open, open_reviews
from broker.review.queue.outcome import Outcome
from broker.review.queue.owed import get_review
from broker.review.queue.sign_off import sign
from tests.fakes.clinic import Member
from tests.fakes.past import Past


@pytest.fixture
def other(past: Past) -> Member:
    return past.join("second-reviewer", Role.REVIEWER)


def how(past: Past) -> list[object]:
    return [entry.facts["how"] for entry in past.entries("review.assigned")]


def test_taken_given_handed_over_and_put_back(past: Past, other: Member) -> None:
    """Each is an entry of its own, and the rows agree with the ledger after every one."""
    grant = past.broken()
    acts = ((past.reviewer, past.reviewer.id), (past.reviewer, other.id), (past.reviewer, None))
    for by, to in (*acts, (past.reviewer, other.id)):
        assert assign(past.equipment, by.person, grant.id, to).assigned_to == to
        assert check_rows(past.store, past.notes).disagreements == ()
    assert how(past) == ["taken", "handed_over", "released", "given"]


def test_the_same_again_is_no_news(past: Past) -> None:
    """Pressing twice leaves one entry."""
    grant = past.broken()
    for _ in range(2):
        assign(past.equipment, past.reviewer.person, grant.id, past.reviewer.id)
    assert how(past) == ["taken"]


@pytest.mark.parametrize("who", ["clinician", "approver", "admin"])
def test_only_a_reviewer_is_given_one(past: Past, who: str) -> None:
    """Neither the holder nor anybody who reviews nothing, nor somebody nobody knows."""
    grant = past.broken()
    for to in (getattr(past, who).id, "person_nobody"):
        with pytest.raises(Invalid) as invalid:
            assign(past.equipment, past.reviewer.person, grant.id, to)
        assert set(invalid.value.faults) == {"to"}
    assert how(past) == []


def test_never_to_the_holder_nor_to_who_approved(past: Past, other: Member) -> None:
    """Though they review other things; and neither of them chooses who does."""
    grant = past.doubly_approved()
    with pytest.raises(Invalid, match="not assigned"):
        assign(past.equipment, other.person, grant.id, past.reviewer.id)
    with pytest.raises(Refused, match="part in this access"):
        assign(past.equipment, past.reviewer.person, grant.id, other.id)
    with past.store.write() as tx:
        holder = set_roles(
            tx, past.ledger, past.clinician.id, {Role.CLINICIAN, Role.REVIEWER}, actor=past.admin.id
        )
    with pytest.raises(Invalid):
        assign(past.equipment, other.person, grant.id, holder.id)
    with pytest.raises(Refused):
        assign(past.equipment, holder, grant.id, other.id)
    with past.store.read() as reader:
        able = may_be_assigned(reader, grant, get_review(reader, grant.id))
    assert [each.id for each in able] == [other.id]


def test_who_gave_the_first_opinion_hands_on_but_is_not_asked_again(past: Past, other: Member) -> None:
    """The second opinion is somebody else's, and the first reviewer may say whose."""
    grant = past.broken()
    assign(past.equipment, past.reviewer.person, grant.id, past.reviewer.id)
    review = sign(past.equipment, past.reviewer.person, grant.id, Outcome.MISUSE, "no emergency")
    assert review.assigned_to is None
    with pytest.raises(Invalid):
        assign(past.equipment, other.person, grant.id, past.reviewer.id)
    assert assign(past.equipment, past.reviewer.person, grant.id, other.id).assigned_to == other.id


def test_a_promise_is_no_lock(past: Past, other: Member) -> None:
    """A colleague's holiday holds nobody up: another reviewer may sign."""
    grant = past.broken()
    assign(past.equipment, past.reviewer.person, grant.id, past.reviewer.id)
    signed = sign(past.equipment, other.person, grant.id, Outcome.APPROPRIATE)
    assert (signed.signed_by, signed.assigned_to) == (other.id, None)


def test_what_is_signed_is_not_given_to_anybody(past: Past) -> None:
    """It would have to be opened again first."""
    grant = past.broken()
    sign(past.equipment, past.reviewer.person, grant.id, Outcome.APPROPRIATE)
    with pytest.raises(Conflict):
        assign(past.equipment, past.reviewer.person, grant.id, past.reviewer.id)


@pytest.mark.parametrize("disabled", [False, True])
def test_who_is_shut_out_keeps_no_review(past: Past, other: Member, *, disabled: bool) -> None:
    """Theirs go back for anybody, once; those of others stay."""
    mine, theirs = past.broken(), past.broken()
    assign(past.equipment, past.reviewer.person, mine.id, past.reviewer.id)
    assign(past.equipment, past.reviewer.person, theirs.id, other.id)
    assert release_who_left(past.equipment) == 0
    with past.store.write() as tx:
        if disabled:
            disable(tx, past.ledger, other.id, actor=past.admin.id)
        else:
            set_roles(tx, past.ledger, other.id, {Role.CLINICIAN}, actor=past.admin.id)
    assert [release_who_left(past.equipment) for _ in range(2)] == [1, 0]
    assert how(past)[-1] == "left"
    with past.store.read() as reader:
        assert count_open(reader, Which.UNASSIGNED) == 1
        mine_still = open_reviews(
            reader, past.equipment.catalog, past.notes, past.reviewer.person, which=Which.MINE
        )
        assert [each.row.grant_id for each in mine_still] == [mine.id]
    assert check_rows(past.store, past.notes).ok


def test_giving_races_signing_without_a_lie(past: Past, other: Member) -> None:
    """Whichever comes first, the rows say what the ledger says, and what is signed is nobody's."""
    grant, both = past.broken(), Barrier(2)

    def act(verb: Callable[[], object]) -> None:
        both.wait()
        with suppress(Conflict):
            verb()

    acts: tuple[Callable[[], object], ...] = (
        lambda: assign(past.equipment, past.reviewer.person, grant.id, other.id),
        lambda: sign(past.equipment, other.person, grant.id, Outcome.APPROPRIATE),
    )
    threads = [Thread(target=act, args=(each,)) for each in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with past.store.read() as reader:
        review = get_review(reader, grant.id)
    assert (review.is_open, review.assigned_to) == (False, None)
    assert check_rows(past.store, past.notes).ok


def test_a_row_given_to_a_friend_by_hand_is_noticed(past: Past, other: Member) -> None:
    """Whoever writes to the database beside the broker is found out."""
    grant = past.broken()
    with past.store.write() as tx:
        tx.execute(update(reviews).where(reviews.c.grant_id == grant.id).values(assigned_to=other.id))
    found = check_rows(past.store, past.notes)
    assert ["assigned_to" in str(each) for each in found.disagreements] == [True]
