from __future__ import annotations

import contextlib
import threading
import time
from contextlib import contextmanager

import argon2
import pytest

from broker.errors import Conflict, Refused
from broker.identity.caller import Caller
from broker.identity.disable import disable
from broker.identity.factors.enrol import begin_enrolment
from broker.identity.factors.refusal import FactorRefused, Reason
from broker.identity.people import add_person
from broker.identity.sessions.sessions import SessionOver, look_up
from broker.identity.signing_in.first_factor import check_first_code
from broker.identity.signing_in.lockout import FREE_TRIES
from broker.identity.signing_in.nobodys_tries import ENTRIES_AN_HOUR, sum_up_nobodys
from broker.identity.signing_in.passwords import keep_hash, kept_hash
from broker.identity.signing_in.sign_in import Lobby, SignInBusy, SignInFailed, check_password
from broker.store import Store
from tests.identity.conftest import PASSWORD, Phone


class StoreWithSomethingBeforeWrites(Store):
    """What another process does just before this one begins to write."""

    def __init__(self, store, something):
        super().__init__(store.engine, store.clock)
        self.something = something

    @contextmanager
    def write(self):
        self.something()
        with super().write() as tx:
            yield tx


def fail_password(desk, email, times, password="wrong password!"):
    failures = []
    for _ in range(times):
        with pytest.raises(SignInFailed) as failed:
            desk.password(email, password)
        failures.append(failed.value)
    return failures


def test_password_and_code_sign_in(store, desk, clinician, events):
    """The session after the code is another token than the one before it."""
    first = desk.password(clinician.email)
    token = desk.code(first, clinician.phone.code())
    with store.read() as reader:
        assert look_up(reader, first) is None
        assert look_up(reader, token).mfa_at is not None
    assert events()[-1] == "person.signed_in"


def test_unknown_wrong_and_disabled_look_the_same(store, ledger, desk, clinician, newcomer):
    """One sentence for all, from the first try to the lock."""
    with store.write() as tx:
        disable(tx, ledger, newcomer, actor="broker")
    told = [
        [(str(failure), failure.help) for failure in fail_password(desk, email, FREE_TRIES + 1, password)]
        for email, password in [
            (clinician.email, "wrong password!"),
            ("nobody@clinic.example", "wrong password!"),
            ("newcomer@clinic.example", PASSWORD),
        ]
    ]
    assert told[0] == told[1] == told[2]
    assert told[0][0][0] == "The email or the password is not right."
    assert told[0][-1][1] == "Try again in about 30 seconds."


def test_the_first_factor_alone_signs_nobody_in(store, desk, clinician):
    """Its session says so."""
    with store.read() as reader:
        assert look_up(reader, desk.password(clinician.email)).mfa_at is None


def test_guessing_passwords_locks_the_guesser_only(desk, desk_at, clinician):
    """Locked where the guesses came from, open where the clinician signed in before."""
    desk.sign_in(clinician)
    attacker = desk_at("203.0.113.1")
    fail_password(attacker, clinician.email, FREE_TRIES)
    with pytest.raises(SignInFailed, match="too many"):
        attacker.password(clinician.email)
    desk.clock.advance(seconds=30)
    assert desk.sign_in(clinician)


def test_an_attack_from_everywhere_leaves_the_known_source_open(desk, desk_at, clinician):
    """The clinician's own desk works at once; a place never seen has to wait."""
    desk.sign_in(clinician)
    desk.clock.advance(seconds=30)
    for number in range(20):
        fail_password(desk_at(f"203.0.113.{number}"), clinician.email, 1)
    with pytest.raises(SignInFailed, match="too many"):
        desk_at("198.51.100.9").password(clinician.email)
    assert desk.sign_in(clinician)


def test_the_password_alone_makes_no_source_known(desk, desk_at, clinician):
    """Whoever stole a password does not get out of the count with it."""
    thief = desk_at("198.51.100.9")
    thief.password(clinician.email)
    for number in range(20):
        fail_password(desk_at(f"203.0.113.{number}"), clinician.email, 1)
    with pytest.raises(SignInFailed, match="too many"):
        thief.password(clinician.email)


@pytest.mark.parametrize("change", ["password", "disabled"])
def test_what_changed_while_the_password_was_checked_counts(store, ledger, box, clock, clinician, change):
    """The check takes a while; a password replaced or a person disabled meanwhile is out."""

    def meanwhile():
        with store.write() as tx:
            if change == "password":
                keep_hash(tx, clinician.id, "another hash")
            else:
                disable(tx, ledger, clinician.id, actor="broker")

    lobby = Lobby(StoreWithSomethingBeforeWrites(store, meanwhile), ledger, box)
    with pytest.raises(SignInFailed):
        check_password(lobby, Caller("x"), email=clinician.email, password=PASSWORD)


def test_an_alias_brings_no_new_tries(desk, clinician):
    """Tags and capitals are the same account to the lock."""
    for number in range(FREE_TRIES):
        fail_password(desk, clinician.email.replace("@", f"+{number}@").upper(), 1)
    with pytest.raises(SignInFailed, match="too many"):
        desk.password(clinician.email)


def test_a_lock_does_not_grow_by_trying_against_it(desk, clinician):
    """Whoever waits as told gets in."""
    fail_password(desk, clinician.email, FREE_TRIES + 20)
    desk.clock.advance(seconds=30)
    assert desk.sign_in(clinician)


def test_wrong_codes_lock_the_code_too(desk, clinician):
    """And a right code has to wait."""
    token = desk.password(clinician.email)
    for reason in [Reason.WRONG] * (FREE_TRIES - 1) + [Reason.LOCKED]:
        with pytest.raises(FactorRefused) as refused:
            desk.code(token, clinician.phone.wrong_code())
        assert refused.value.refusal.reason is reason
    with pytest.raises(FactorRefused, match="about 30 seconds"):
        desk.code(token, clinician.phone.code())


def test_a_used_code_says_how_long_to_wait(desk, clinician):
    """In the words the page shows."""
    desk.sign_in(clinician)
    token = desk.password(clinician.email)
    with pytest.raises(FactorRefused, match=r"already used\. Wait for the next one \(about 30 seconds\)"):
        desk.code(token, clinician.phone.code())


def test_a_recovery_code_signs_in(store, desk, clinician):
    """For the day the phone is gone."""
    token = desk.code(desk.password(clinician.email), clinician.recovery_codes[0].lower())
    with store.read() as reader:
        assert look_up(reader, token).mfa_method == "recovery"


def test_a_code_needs_a_session_that_waits_for_one(desk, clinician):
    """Nonsense, an old token and a session that has its code are each told apart."""
    with pytest.raises(SessionOver):
        desk.code("x" * 43, clinician.phone.code())
    token = desk.sign_in(clinician)
    with pytest.raises(Conflict):
        desk.code(token, clinician.phone.code())


def test_a_session_of_one_person_takes_no_code_of_another(desk, newcomer, clinician):
    """The code is checked against the person whose password it was."""
    token = desk.password("newcomer@clinic.example")
    with pytest.raises(FactorRefused) as refused:
        desk.code(token, clinician.phone.code())
    assert refused.value.refusal.reason is Reason.NO_FACTOR


def test_the_first_sign_in_enrols(store, box, lobby, desk, newcomer, clock, events):
    """Scan, type the code, and be in, with recovery codes to keep."""
    token = desk.password("newcomer@clinic.example")
    with store.write() as tx:
        here = look_up(tx, token).id
        phone = Phone(begin_enrolment(tx, box, newcomer, session=here).secret.replace(" ", ""), clock)
    with pytest.raises(FactorRefused):
        check_first_code(lobby, desk.caller, token=token, code=phone.wrong_code(), wall=clock.wall())
    opened, enrolled = check_first_code(lobby, desk.caller, token=token, code=phone.code(), wall=clock.wall())
    assert len(enrolled.recovery_codes) == 10
    with store.read() as reader:
        session = look_up(reader, opened.token)
    assert session.person.has_factor
    assert session.mfa_at == clock.now()
    assert events()[-2:] == ["factor.enrolled", "person.signed_in"]


def test_the_first_sign_in_is_no_way_around_an_enrolled_factor(store, box, lobby, desk, clinician, clock):
    """With a password alone nobody swaps the phone."""
    token = desk.password(clinician.email)
    with pytest.raises(Refused), store.write() as tx:
        begin_enrolment(tx, box, clinician.id)
    with pytest.raises(Refused, match="You have set up how you confirm"):
        check_first_code(lobby, desk.caller, token=token, code=clinician.phone.code(), wall=clock.wall())


def test_a_weak_hash_is_renewed_at_sign_in(store, desk, clinician):
    """Stronger settings reach people when they come by."""
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with store.write() as tx:
        keep_hash(tx, clinician.id, weak)
    desk.password(clinician.email)
    with store.read() as reader:
        assert kept_hash(reader, clinician.id) != weak
    assert desk.sign_in(clinician)


def test_somebody_without_a_password_cannot_sign_in_with_one(store, ledger, lobby):
    """A person of single sign-on only is no open door."""
    with store.write() as tx:
        add_person(tx, ledger, email="sso@clinic.example", name="S", roles=[], actor="broker")
    for password in ("", PASSWORD):
        with pytest.raises(SignInFailed):
            check_password(lobby, Caller("x"), email="sso@clinic.example", password=password)


def test_the_ledger_names_people_and_no_secrets(desk, clinician, events, ledger_text):
    """An address nobody has stays out of it, and so does every password, code and token."""
    token = desk.sign_in(clinician)
    fail_password(desk, "my-password-typed-here@clinic.example", 1, "another password")
    fail_password(desk, clinician.email, FREE_TRIES, "another password")
    assert events()[-2:] == ["person.sign_in_failed", "person.locked_out"]
    text = ledger_text()
    assert clinician.id in text
    for secret in (
        token,
        PASSWORD,
        "another password",
        "my-password",
        clinician.email,
        clinician.phone.secret,
    ):
        assert secret not in text


def test_parallel_guesses_are_counted_one_by_one(desk, clinician):
    """Sending them all at once does not get past the count."""
    barrier, told = threading.Barrier(8), []

    def guess():
        barrier.wait()
        try:
            when_it_is_their_turn()
        except SignInFailed as failed:
            told.append(failed.wait.total_seconds())

    def when_it_is_their_turn():
        while True:
            try:
                desk.password(clinician.email, "wrong password!")
            except SignInBusy:
                time.sleep(0.05)

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [0, 0, 0, 0, 30, 30, 30, 30]


def test_a_flood_of_made_up_accounts_leaves_few_entries(desk, events, clock):
    """Each from another address: the ledger holds the first of an hour, and once it is over, how many more."""
    before = len(events())
    for number in range(ENTRIES_AN_HOUR + 3):
        with pytest.raises(SignInFailed):
            source = Caller(f"198.51.100.{number}")
            check_password(desk.lobby, source, email=f"nobody{number}@x.example", password="x")
    assert len(events()) - before == ENTRIES_AN_HOUR
    clock.advance(hours=1)
    assert sum_up_nobodys(desk.lobby.store, desk.lobby.ledger) == 1
    assert events()[-1] == "person.sign_in_failures"


def test_a_thousand_addresses_do_not_keep_the_clinician_s_browser_waiting(desk, clinician):
    """While strangers guess at her account, and at made-up ones, she signs in from where she was before."""
    desk.sign_in(clinician)
    over, tried = threading.Event(), []

    def guess(worker):
        number = 0
        while not over.is_set():
            number += 1
            tried.append(number)
            with contextlib.suppress(SignInFailed):
                source = Caller(f"2001:db8:{worker:x}::{number:x}")
                email = clinician.email if number % 2 else f"nobody{worker}.{number}@x.example"
                check_password(desk.lobby, source, email=email, password="wrong password!")

    workers = [threading.Thread(target=guess, args=(worker,), daemon=True) for worker in range(10)]
    for each in workers:
        each.start()
    try:
        while len(tried) < 1000:
            time.sleep(0.02)
        began = time.monotonic()
        assert desk.password(clinician.email, PASSWORD)
        assert time.monotonic() - began < 10
    finally:
        over.set()
        for each in workers:
            each.join()
