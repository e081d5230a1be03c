"""Changing one's own password."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from broker.errors import Invalid, Refused
from broker.identity.people import by_id
from broker.identity.sessions.sessions import look_up
from broker.identity.signing_in.change_password import change_password
from broker.identity.signing_in.choose_password import choose_password
from broker.identity.signing_in.lockout import FREE_TRIES
from broker.identity.signing_in.passwords import FIRST_PASSWORD_LIMIT, hash_password, keep_hash
from broker.identity.signing_in.sign_in import FirstPasswordOver, SignInFailed, check_password
from tests.identity.conftest import PASSWORD, Desk, Someone

WANTED = "seven quiet harbours"


def choose(desk: Desk, who: Someone, token: str, *, present: str = PASSWORD, wanted: str = WANTED) -> None:
    with desk.lobby.store.read() as reader:
        person, session = by_id(reader, who.id), look_up(reader, token)
    choose_password(
        desk.lobby,
        desk.caller,
        person,
        present=present,
        wanted=wanted,
        session_id=session.id if session else "",
    )


def test_the_new_one_opens_and_the_old_one_does_not(desk, clinician):
    """From that commit on, and the session it was done in goes on while others end."""
    here, there = desk.sign_in(clinician), None
    desk.clock.advance(minutes=1)
    there = desk.sign_in(clinician)
    choose(desk, clinician, here)
    with desk.lobby.store.read() as reader:
        assert look_up(reader, here)
        assert look_up(reader, there) is None
    with pytest.raises(SignInFailed):
        desk.password(clinician.email)
    assert desk.password(clinician.email, WANTED)


def test_the_present_one_is_asked_for_and_counted(desk, clinician, events):
    """An unlocked screen is no place to guess a password: the count is the one of the sign-in."""
    here = desk.sign_in(clinician)
    for _ in range(FREE_TRIES):
        with pytest.raises(Invalid) as refused:
            choose(desk, clinician, here, present="not this one at all")
        assert set(refused.value.faults) == {"password"}
    with pytest.raises(Refused, match="too many"):
        choose(desk, clinician, here)
    with pytest.raises(SignInFailed, match="too many"):
        desk.password(clinician.email)
    assert events().count("person.password_refused") == FREE_TRIES


@pytest.mark.parametrize("wanted", ["short", "password1234", PASSWORD, "Clinician-1234"])
def test_a_bad_choice_is_named_at_its_field_and_nothing_changes(desk, clinician, wanted):
    """Too short, known, the same again, one's own name."""
    here = desk.sign_in(clinician)
    with pytest.raises(Invalid) as refused:
        choose(desk, clinician, here, wanted=wanted)
    assert set(refused.value.faults) == {"new_password"}
    assert desk.password(clinician.email)


def test_two_at_once_leave_one_password(desk, clinician):
    """Whoever comes second had a present password that was no longer the present one."""
    here = desk.sign_in(clinician)
    wishes = ["seven quiet harbours", "eleven loud windmills"]

    def attempt(wanted: str) -> bool:
        try:
            choose(desk, clinician, here, wanted=wanted)
        except Invalid:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        changed = list(pool.map(attempt, wishes))
    assert sorted(changed) == [False, True]
    assert desk.password(clinician.email, wishes[changed.index(True)])


def test_who_never_had_one_is_told_so(desk, store, clinician):
    """Nobody plants a password in the account of somebody who comes by single sign-on."""
    from sqlalchemy import delete

    from broker.identity.tables import passwords

    here = desk.sign_in(clinician)
    with store.write() as tx:
        tx.execute(delete(passwords).where(passwords.c.person_id == clinician.id))
    with pytest.raises(Refused, match="without a password"):
        choose(desk, clinician, here)


def test_a_password_of_somebody_elses_choice_ends_by_itself(desk, store, ledger, clinician):
    """It works to the last second of its time and not after it, and only the right one is told why."""
    set_by_operator = "nineteen calm lanterns"
    with store.write() as tx:
        change_password(tx, ledger, clinician.id, hash_password(set_by_operator), actor="command-line")
    desk.clock.advance(seconds=FIRST_PASSWORD_LIMIT.total_seconds() - 1)
    assert desk.password(clinician.email, set_by_operator)
    desk.clock.advance(seconds=1)
    with pytest.raises(FirstPasswordOver, match="Ask an administrator"):
        desk.password(clinician.email, set_by_operator)
    with pytest.raises(SignInFailed) as wrong:
        desk.password(clinician.email, "some other lanterns")
    assert not isinstance(wrong.value, FirstPasswordOver)


def test_a_stronger_hash_does_not_prolong_it(desk, store, clinician):
    """The hash of a first password is renewed at the sign-in; its end stays."""
    import argon2

    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with store.write() as tx:
        keep_hash(tx, clinician.id, weak, chosen_by_other=True)
    assert check_password(desk.lobby, desk.caller, email=clinician.email, password=PASSWORD)
    desk.clock.advance(seconds=FIRST_PASSWORD_LIMIT.total_seconds())
    with pytest.raises(FirstPasswordOver):
        desk.password(clinician.email)


def test_ones_own_choice_lasts(desk, store, ledger, clinician):
    """Nobody has to change a password because time went by."""
    with store.write() as tx:
        change_password(tx, ledger, clinician.id, hash_password(PASSWORD), actor="command-line")
    choose(desk, clinician, desk.sign_in(clinician))
    desk.clock.advance(days=2000)
    assert desk.password(clinician.email, WANTED)
