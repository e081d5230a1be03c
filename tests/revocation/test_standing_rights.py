"""Where nothing of ours is installed, who was raised past the broker is seen by comparing with the last look."""

from __future__ import annotations

from dataclasses import replace

import pytest

from broker.adapters.port import AccountState, Health
from tests.revocation.watched import Watched


class Bare:
    """A site with no companion: nobody tells what is changed there."""

    def __init__(self, watched: Watched) -> None:
        self._site = watched.site

    def __getattr__(self, name: str) -> object:
        return getattr(self._site, name)

    def health(self) -> Health:
        return replace(self._site.health(), companion_version="", companion_digest="")


@pytest.fixture
def bare(watched: Watched) -> Watched:
    site = Bare(watched)
    watched.equipment = replace(watched.equipment, adapter_for=lambda _site: site)
    be(watched, "boss", "administrator")
    watched.look()
    return watched


def be(watched: Watched, account: str, *roles: str) -> None:
    watched.site.accounts[account] = AccountState(account, roles)


def told(watched: Watched) -> list[tuple[object, ...]]:
    facts = [each.entry.facts["facts"] for each in watched.told("site.changed")]
    return [(each["subject"], each["from"], each["to"]) for each in facts]


def test_the_first_look_tells_nothing(bare: Watched) -> None:
    """Whoever is an administrator when the site is connected was one before."""
    bare.look()
    assert told(bare) == []


def test_whoever_is_raised_lowered_or_new_is_told_once(bare: Watched) -> None:
    """One entry each, and one notice for all of them."""
    be(bare, "boss", "editor")
    be(bare, "mallory", "shop_manager", "administrator")
    bare.look()
    bare.look()
    assert told(bare) == [
        ("boss", "administrator", "editor"),
        ("mallory", "", "administrator,shop_manager"),
    ]
    assert [each.entry.facts["count"] for each in bare.told("site.changes_noticed")] == [2]
    del bare.site.accounts["mallory"]
    bare.look()
    assert told(bare)[2:] == [("mallory", "administrator,shop_manager", "")]


def test_what_the_broker_lends_is_no_change(bare: Watched) -> None:
    """While a grant is under way its holder's roles are ours; what stays of them afterwards is told."""
    be(bare, "dr-on-call", "author")
    bare.look()
    grant = bare.granted()
    be(bare, "dr-on-call", "author", "shop_manager")
    bare.look()
    bare.ended(grant)
    be(bare, "dr-on-call", "author")
    bare.look()
    bare.look()
    assert told(bare) == [("dr-on-call", "", "author")]
    again = bare.granted()
    be(bare, "dr-on-call", "administrator")
    bare.ended(again)
    bare.look()
    bare.look()
    assert told(bare)[1:] == [("dr-on-call", "author", "administrator")]


def test_a_site_that_tells_of_changes_is_not_compared(watched: Watched) -> None:
    """Its companion's events say who did it; twice would be noise."""
    be(watched, "boss", "editor")
    watched.look()
    be(watched, "boss", "administrator")
    watched.look()
    assert watched.told("site.changed") == []
