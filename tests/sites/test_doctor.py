from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from broker.clock import SettableClock
from broker.errors import ConfigurationError
from broker.sites.doctor import Examined, examine
from broker.sites.fitness import Expected
from broker.sites.register import Site, get_site
from broker.sites.tables import sites
from broker.store import Store
from tests.fakes.clinic import Clinic

NOTES = {"posts": {"post_type": "note", "meta_key": "patient_ref", "capabilities": ["read"]}}


@pytest.fixture
def clinic(store: Store, clock: SettableClock) -> Clinic:
    return Clinic(store, clock)


def examined(clinic: Clinic, *, off: timedelta = timedelta(), kind: str = "fake", **said: Any) -> Examined:
    with clinic.store.write() as tx:
        tx.execute(update(sites).values(kind=kind))
        site = get_site(tx, "clinic")
    expected = Expected(**{"logins": ["dr-on-call"], **said})
    return examine(site, lambda _: clinic.site, clinic.clock.wall() + off, expected)


def bad(seen: Examined) -> list[str]:
    return [finding.words for finding in seen.findings if not finding.good]


def good(seen: Examined) -> str:
    return " ".join(finding.words for finding in seen.findings if finding.good)


def test_a_healthy_site_has_nothing_wrong(clinic: Clinic) -> None:
    """Answer, companion, clock, leases and accounts: all good."""
    seen = examined(clinic)
    assert seen.well
    assert seen.health is not None
    assert "1 linked account is ready" in good(seen)


@pytest.mark.parametrize(("fault", "word"), [("down", "answer"), ("gone", "companion")])
def test_a_site_that_is_down_and_one_without_its_companion_differ(
    clinic: Clinic, fault: str, word: str
) -> None:
    """Two faults, two sentences, each with the next step."""
    clinic.site.fault = fault
    seen = examined(clinic)
    assert (seen.health, len(bad(seen))) == (None, 1)
    assert word in bad(seen)[0]


def test_a_site_nobody_here_can_call_is_one_finding(clinic: Clinic) -> None:
    """A kind that no package brings, or credentials that do not open, leave the other sites examined."""

    def nobody(site: Site) -> Any:
        raise ConfigurationError(
            f"This site is of kind {site.kind!r}, and nothing knows it.", help="Install it."
        )

    with clinic.store.read() as reader:
        site = get_site(reader, "clinic")
    assert bad(examine(site, nobody, clinic.clock.wall(), Expected())) == [
        "This site is of kind 'fake', and nothing knows it. Install it."
    ]


def test_a_clock_that_is_off_is_named(clinic: Clinic) -> None:
    """Leases end by the site's clock, so ten minutes matter; where nothing ends there, they do not."""
    seen = examined(clinic, off=timedelta(minutes=10))
    assert "600 seconds off" in bad(seen)[0]
    bare = examined(clinic, off=timedelta(minutes=10), kind="wordpress-core", companion_required=False)
    assert "seconds off" not in " ".join(bad(bare))


def test_a_site_nobody_has_an_account_on_is_named(clinic: Clinic) -> None:
    """Without one nothing can be granted there."""
    assert "link-account" in bad(examined(clinic, logins=[]))[0]


def test_each_account_that_is_not_ready_is_named_with_what_to_do(clinic: Clinic) -> None:
    """Also in a word this broker does not know; the others are counted as ready."""
    clinic.site.unready = {
        "mistyped": ("unknown_account",),
        "dormant": ("password_old", "no_second_factor"),
        "odd": ("moonstruck",),
    }
    seen = examined(clinic, logins=["dr-on-call", "mistyped", "dormant", "odd", "nurse"])
    mistyped, old, factor, odd = bad(seen)
    assert "The site knows no account mistyped" in mistyped
    assert "broker site link-account clinic" in mistyped
    assert "dormant" in old
    assert "dormant" in factor
    assert "moonstruck" in odd
    assert "2 linked accounts are ready" in good(seen)


def test_more_accounts_than_a_site_takes_at_once_are_all_asked_about(clinic: Clinic) -> None:
    """In several calls."""
    clinic.site.unready = {"n1200": ("locked",)}
    seen = examined(clinic, logins=[f"n{number}" for number in range(1201)])
    assert len(bad(seen)) == 1
    assert clinic.site.calls.count("readiness") == 3
    assert "1200 linked accounts are ready" in good(seen)


def test_a_kind_with_limits_says_them(clinic: Clinic) -> None:
    """They are wrong until policy accepts them, then a label; secrets that are not there are asked for."""
    kept = {"kind": "wordpress-core", "kept": {"user", "application_password"}}
    assert "companion: optional" in bad(examined(clinic, **kept))[0]
    accepted = examined(clinic, **kept, companion_required=False)
    assert accepted.well
    assert "no dead-man" in good(accepted)
    missing = bad(examined(clinic, kind="wordpress-core", companion_required=False))
    assert [words.rpartition("broker ")[2] for words in missing] == [
        "site secret clinic user",
        "site secret clinic application_password",
    ]


def test_what_policy_offers_must_fit_the_kind_of_site(clinic: Clinic) -> None:
    """The entitlement that a site could never enforce is named before anybody asks for it."""
    offered = {"notes": NOTES, "whole-role": {"roles": ["editor"]}}
    assert "Policy offers whole-role there" in bad(examined(clinic, kind="wordpress", offered=offered))[0]
    core = {"kind": "wordpress-core", "kept": {"user", "application_password"}, "companion_required": False}
    assert "Policy offers notes there" in bad(examined(clinic, **core, offered=offered))[0]
    assert "all that policy offers there: notes" in good(
        examined(clinic, kind="wordpress", offered={"notes": NOTES})
    )
