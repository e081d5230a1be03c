from datetime import timedelta

import pytest

from broker.clock import SettableClock
from broker.sites.doctor import examine
from broker.sites.register import get_site
from broker.store import Store
from tests.fakes.clinic import Clinic


@pytest.fixture
def clinic(store: Store, clock: SettableClock) -> Clinic:
    return Clinic(store, clock)


def findings(clinic: Clinic, *, linked: int = 1, off: timedelta = timedelta()) -> dict[str, bool]:
    with clinic.store.read() as reader:
        site = get_site(reader, "clinic")
    found = examine(site, clinic.site, clinic.clock.wall() + off, linked)
    return {finding.words: finding.good for finding in found}


def test_a_healthy_site_has_nothing_wrong(clinic: Clinic) -> None:
    """Answer, companion, clock, leases and accounts: all good."""
    assert all(findings(clinic).values())


@pytest.mark.parametrize(("fault", "word"), [("down", "answer"), ("gone", "companion")])
def test_a_site_that_is_down_and_one_without_its_companion_differ(
    clinic: Clinic, fault: str, word: str
) -> None:
    """Two faults, two sentences, each with the next step."""
    clinic.site.fault = fault
    bad = [words for words, good in findings(clinic).items() if not good]
    assert len(bad) == 1
    assert word in bad[0]


def test_a_clock_that_is_off_is_named(clinic: Clinic) -> None:
    """Leases end by the site's clock, so ten minutes matter."""
    bad = [words for words, good in findings(clinic, off=timedelta(minutes=10)).items() if not good]
    assert "600 seconds off" in bad[0]


def test_a_site_nobody_has_an_account_on_is_named(clinic: Clinic) -> None:
    """The linked accounts are counted; without one nothing can be granted there."""
    assert findings(clinic, linked=1)["1 person has an account linked there."]
    assert findings(clinic, linked=2)["2 people have an account linked there."]
    bad = [words for words, good in findings(clinic, linked=0).items() if not good]
    assert "link-account" in bad[0]
