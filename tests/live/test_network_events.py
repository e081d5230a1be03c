"""A network of sites: what its super administrators do is told, where they did it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.live.broker_side import BrokerSide, notes_of
from tests.live.conftest import PASSWORD, Apart, Ward, furnish, running_site
from tests.live.site_events import Puller, outside, under
from tests.live.wordpress_site import WordPressSite

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    broker = BrokerSide()
    with running_site(tmp_path_factory.mktemp("told"), broker, network=True) as site:
        site.create_user("root", role="administrator", password=PASSWORD)
        site.run_php("grant_super_admin(get_user_by('login', 'root')->ID);")
        yield Apart(site, broker)


@pytest.fixture
def puller(network: Apart) -> Puller:
    puller = Puller(network.broker)
    puller.look_again(network.site)
    return puller


@pytest.fixture
def ward(network: Apart) -> Ward:
    return furnish(network.site)


def _raised(site: WordPressSite, login: str, how: str) -> int:
    number = int(site.run_php(f"echo get_user_by('login', '{login}')->ID;"))
    site.run_php(f"{how}({number});")
    return number


def test_a_super_administrator_more(network: Apart, ward: Ward, puller: Puller) -> None:
    """Who becomes, and who stops being, the network's administrator is told once, by login."""
    puller.look_again(network.site)
    number = _raised(network.site, ward.nurse, "grant_super_admin")
    (granted,) = outside(puller.pull(), "role_changed", object=f"user {number}")
    assert (granted.facts["super_admin"], granted.facts["by"]) == ("granted", "command line")
    assert puller.look_again(network.site) == []
    _raised(network.site, ward.nurse, "revoke_super_admin")
    (revoked,) = outside(puller.pull(), "role_changed", object=f"user {number}")
    assert revoked.facts["super_admin"] == "revoked"
    assert puller.look_again(network.site) == []


def test_a_super_administrator_by_database(network: Apart, ward: Ward, puller: Puller) -> None:
    """Whoever writes a login into the network's list is noticed."""
    puller.look_again(network.site)
    before = network.site.sql("SELECT meta_value FROM wp_sitemeta WHERE meta_key = 'site_admins'").strip()
    listed = f'a:2:{{i:0;s:5:"admin";i:1;s:{len(ward.nurse)}:"{ward.nurse}";}}'
    network.site.sql(f"UPDATE wp_sitemeta SET meta_value = '{listed}' WHERE meta_key = 'site_admins'")
    try:
        found = outside(puller.look_again(network.site), "role_changed", found="afterwards")
        assert ("yes", ward.nurse) in [(one.facts["powerful"], one.facts.get("subject")) for one in found]
    finally:
        network.site.sql(f"UPDATE wp_sitemeta SET meta_value = '{before}' WHERE meta_key = 'site_admins'")
        puller.look_again(network.site)


def test_a_lease_of_a_super_administrator(network: Apart, ward: Ward, puller: Puller) -> None:
    """Who may open everything anyway is recorded under their grant for what it opens."""
    session = ward.site.log_in("root", PASSWORD)
    grant = network.broker.give("root", notes_of(ward.mine))
    assert ward.reads(session, ward.my_note)
    assert ward.reads(session, ward.other_note)
    assert under(grant, puller.pull()) == ["lease_applied", f"opened telehealth_note {ward.my_note}"]
    network.broker.take_back(grant)


def test_a_plugin_for_all_sites(network: Apart, puller: Puller) -> None:
    """A plugin switched on for the whole network is told as such."""
    (network.site.root / "wp-content/plugins/all.php").write_text("<?php /* Plugin Name: For all */")
    puller.look_again(network.site)
    load = "require_once ABSPATH . 'wp-admin/includes/plugin.php';"
    network.site.run_php(f"{load} activate_plugin('all.php', '', true);")
    (switched,) = outside(puller.pull(), "plugin_switched", name="all.php")
    assert (switched.facts["to"], switched.facts["where"]) == ("on", "network")
    assert puller.look_again(network.site) == []
    network.site.run_php(f"{load} deactivate_plugins('all.php', false, true);")
