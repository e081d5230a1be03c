from __future__ import annotations

import unicodedata

import argon2
import pytest

from broker.errors import Invalid
from broker.identity.sessions.sessions import look_up
from broker.identity.signing_in.change_password import change_password
from broker.identity.signing_in.passwords import NOBODYS_HASH, hash_password, kept_hash, matches, renewed
from tests.identity.conftest import PASSWORD


@pytest.mark.parametrize("password", ["", "eleven char", "x" * 257])
def test_a_password_of_another_length_is_refused_with_the_rule(password):
    """The sentence says how long it has to be."""
    with pytest.raises(Invalid, match="12 to 256"):
        hash_password(password)


def test_only_the_password_itself_matches(password_hash):
    """Right is right, anything else is not, however long."""
    assert matches(PASSWORD, password_hash)
    assert not matches(PASSWORD + " ", password_hash)
    assert not matches("x" * 1_000_000, password_hash)
    assert not matches("\ud800", password_hash)


def test_an_umlaut_is_the_same_from_every_keyboard():
    """One system sends it composed, another decomposed."""
    typed = "sch\u00f6ne gr\u00fc\u00dfe"
    assert matches(unicodedata.normalize("NFD", typed), hash_password(typed))


def test_nobody_has_a_password_that_matches():
    """Without a stored hash nothing matches, after the same kind of work."""
    assert not matches(PASSWORD, None)
    work = [argon2.extract_parameters(stored) for stored in (NOBODYS_HASH, hash_password(PASSWORD))]
    assert work[0] == work[1]


def test_a_hash_of_weaker_settings_is_renewed():
    """The next sign-in brings it up to date; today's are left alone."""
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    stronger = renewed(PASSWORD, weak)
    assert stronger is not None
    assert matches(PASSWORD, stronger)
    assert renewed(PASSWORD, stronger) is None


def test_a_stored_value_that_is_no_hash_matches_nothing():
    """A damaged row refuses instead of failing."""
    assert not matches(PASSWORD, "not a hash")


def test_changing_the_password_ends_the_other_sessions(store, ledger, clinician, desk, password_hash, events):
    """Whoever had the old one is out; the session it was changed in goes on."""
    here, clock = desk.sign_in(clinician), desk.clock
    clock.advance(minutes=1)
    elsewhere = desk.sign_in(clinician)
    with store.write() as tx:
        kept = look_up(tx, here)
        change_password(tx, ledger, clinician.id, "new-hash", actor=clinician.id, keep_session=kept.id)
        assert kept_hash(tx, clinician.id) == "new-hash"
        assert look_up(tx, here) is not None
        assert look_up(tx, elsewhere) is None
    assert events()[-2:] == ["person.password_changed", "session.ended"]
