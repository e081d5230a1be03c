"""What a token that was checked says, with and without the claims that may be missing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from broker.verify.access import read_access
from broker.verify.compact import Unreadable, whole_number

ISSUED, OVER = 1_780_000_000, 1_780_000_300
LEAST = {"sub": "person_1", "client_id": "ehr", "jti": "token_1", "iat": ISSUED, "exp": OVER}


def test_a_token_of_software_needs_no_person_who_confirmed_anything() -> None:
    """Without a factor there is none to tell, and without details nothing is opened."""
    access = read_access(LEAST, "https://ehr.example")
    assert (access.acr, access.amr, access.auth_time, access.jkt) == (None, (), None, None)
    assert access.permissions == ()
    assert access.scopes == frozenset()


def test_the_times_are_those_of_the_token() -> None:
    """Issued, over, and confirmed, each its own, in UTC."""
    access = read_access({**LEAST, "auth_time": ISSUED - 60}, "https://ehr.example")
    assert access.issued_at == datetime.fromtimestamp(ISSUED, UTC)
    assert access.expires_at == datetime.fromtimestamp(OVER, UTC)
    assert access.auth_time == datetime.fromtimestamp(ISSUED - 60, UTC)


@pytest.mark.parametrize("value", [0, 1, 2**53 - 1])
def test_a_whole_number_every_reader_agrees_on_is_read(value: int) -> None:
    """From nothing to the largest."""
    assert whole_number({"n": value}, "n") == value


@pytest.mark.parametrize("value", [-1, 2**53, True, 1.0, "1", None])
def test_any_other_number_is_refused(value: object) -> None:
    """Nor is true a one."""
    with pytest.raises(Unreadable):
        whole_number({"n": value}, "n")
