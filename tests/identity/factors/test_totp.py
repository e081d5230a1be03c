from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from broker.errors import Refused
from broker.identity.factors import totp
from broker.identity.factors.refusal import Reason, Refusal
from broker.identity.tables import totp_factors


@pytest.fixture
def consume(store, box, clinician, clock):
    def act(code):
        with store.write() as tx:
            return totp.consume(tx, box, clinician.id, code, clock.wall())

    return act


def test_a_code_works_once(consume, clinician):
    """The same code again is refused as used, and says how long until the next."""
    code = clinician.phone.code()
    assert consume(code) is None
    refused = consume(code)
    assert refused == Refusal(Reason.USED, wait=timedelta(seconds=30))
    assert refused.help == "Wait for the next one (about 30 seconds)."


def test_the_next_code_works_when_its_time_comes(consume, clinician, clock):
    """Half a minute later the phone shows one that was never used."""
    assert consume(clinician.phone.code()) is None
    clock.advance(seconds=29)
    assert consume(clinician.phone.code()).seconds == 1
    clock.advance(seconds=1)
    assert consume(clinician.phone.code()) is None


def test_an_older_code_does_not_work_after_a_newer_one(consume, clinician):
    """A code seen over the shoulder is worthless once its owner typed a later one."""
    older, newer = clinician.phone.code(steps=-1), clinician.phone.code()
    assert consume(newer) is None
    assert consume(older).reason is Reason.USED


@pytest.mark.parametrize(("steps", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_one_step_either_side_is_accepted(consume, clinician, steps, accepted):
    """A phone may be half a minute off, not more."""
    answer = consume(clinician.phone.code(steps=steps))
    assert (answer is None) if accepted else (answer.reason is Reason.WRONG)


def test_after_a_code_from_a_phone_that_is_ahead_the_wait_is_for_a_later_one(consume, clinician):
    """Counted from the step that was used, not from now."""
    ahead = clinician.phone.code(steps=1)
    assert consume(ahead) is None
    assert consume(clinician.phone.code()).wait == timedelta(seconds=60)


def test_a_code_does_not_revive_when_the_clock_is_set_back(consume, clinician, clock):
    """What was used stays used, an hour or a year earlier too."""
    code = clinician.phone.code()
    assert consume(code) is None
    for back in ({"hours": -1}, {"days": -365}):
        clock.advance(**back)
        assert consume(clinician.phone.code()).reason is Reason.USED
    clock.advance(hours=1, days=365)
    assert consume(code).reason is Reason.USED


def test_of_two_submits_that_race_one_is_accepted(store, box, clinician, clock):
    """However they interleave at the database."""
    code, wall = clinician.phone.code(), clock.wall()
    barrier, answers = threading.Barrier(8), []

    def submit():
        barrier.wait()
        with store.write() as tx:
            answers.append(totp.consume(tx, box, clinician.id, code, wall))

    threads = [threading.Thread(target=submit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert answers.count(None) == 1
    assert {answer.reason for answer in answers if answer} == {Reason.USED}


def test_a_rolled_back_act_gives_the_code_back(store, box, clinician, clock, consume):
    """The code belongs to the commit of the act: without the one, not the other."""
    code = clinician.phone.code()

    def act_that_fails(tx):
        assert totp.consume(tx, box, clinician.id, code, clock.wall()) is None
        raise Refused("no")

    with pytest.raises(Refused), store.write() as tx:
        act_that_fails(tx)
    assert consume(code) is None


def test_somebody_without_a_factor_is_told_so(store, box, newcomer, clock):
    """And nothing is accepted."""
    with store.write() as tx:
        assert totp.consume(tx, box, newcomer, "000000", clock.wall()).reason is Reason.NO_FACTOR


def test_the_secret_is_not_stored_in_clear(store, clinician):
    """A copy of the database gives nobody a code."""
    with store.read() as reader:
        sealed = reader.one_or_none(totp_factors.select()).sealed
    assert clinician.phone.secret.encode() not in sealed
