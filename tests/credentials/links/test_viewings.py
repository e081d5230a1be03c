"""A viewing is held by a secret, belongs to one person and one holding, and ends with its grant."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from broker.credentials.links.tables import viewings
from broker.credentials.links.viewings import find_viewing, may_view
from tests.credentials.conftest import GRANT, HOLDER, HOLDING


@pytest.fixture
def opened(exchanged, link):
    return exchanged(link)


@pytest.fixture
def allowed(store, grants):
    def ask(cookie_value: str, person_id: str = HOLDER, holding_id: str = HOLDING) -> bool:
        with store.read() as reader:
            answer = may_view(
                reader,
                cookie_value,
                person_id=person_id,
                holding_id=holding_id,
                grant_is_effective=grants.effective,
            )
        return answer is not None

    return ask


def test_the_cookie_finds_the_viewing(store, opened):
    """The cookie's value finds its viewing; any other value finds none."""
    with store.read() as reader:
        assert find_viewing(reader, opened.cookie_value) == opened.viewing
        for other in ("", "x", "\udcff", opened.cookie_value + "x", opened.cookie_value.swapcase()):
            assert find_viewing(reader, other) is None


def test_the_secret_is_not_stored(store, opened):
    """Only a digest is kept, and the value shows in no printed form."""
    with store.read() as reader:
        (row,) = reader.all(select(viewings))
    assert opened.cookie_value not in str(tuple(row))
    assert opened.cookie_value not in repr(opened)
    assert len(opened.cookie_value) == 43


def test_it_lasts_as_long_as_the_grant(allowed, opened, clock):
    """The link may have ended: the viewing goes on to the grant's last second and not into its end."""
    clock.advance(seconds=1799)
    assert allowed(opened.cookie_value)
    clock.advance(seconds=1)
    assert not allowed(opened.cookie_value)


def test_it_ends_when_the_grant_is_ended(allowed, opened, grants, clock):
    """A revoked grant ends the viewing at once."""
    assert allowed(opened.cookie_value)
    grants.ends[GRANT] = clock.now()
    assert not allowed(opened.cookie_value)


def test_it_is_one_persons_and_one_holdings(allowed, opened):
    """The cookie opens nothing for another person, and no other recording."""
    assert not allowed(opened.cookie_value, person_id="person_two")
    assert not allowed(opened.cookie_value, holding_id="rec_99887766554433221100")
