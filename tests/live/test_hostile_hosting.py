"""What hosts and security plugins do to a site, done to a real WordPress: the companion goes on working, or is missed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from broker.adapters.port import Answer, Outcome
from broker.adapters.wordpress.companion_files import FOLDER, companion_digest
from broker.errors import CompanionMissing, SiteError
from tests.live.broker_side import BrokerSide, notes_of
from tests.live.conftest import Ward
from tests.live.go_between import GoBetween, strip_authorization
from tests.live.php_server import PhpServer
from tests.live.wait import until_instant
from tests.live.wordpress_site import WordPressSite

pytestmark = pytest.mark.live
CLINIC = Path(__file__).parent / "clinic"
DONE = Outcome(Answer.DONE)
Harden = Callable[[str], None]


@pytest.fixture(scope="module")
def _hardening(wordpress: WordPressSite) -> Iterator[None]:
    plugin = wordpress.root / "wp-content/mu-plugins/hardened.php"
    shutil.copy(CLINIC / "hardened.php", plugin)
    yield
    plugin.unlink()


@pytest.fixture
def harden(wordpress: WordPressSite, _hardening: None) -> Iterator[Harden]:
    """Switch a way of hardening on for the rest of the test."""
    yield lambda way: wordpress.run_php(f"update_option('hardened', '{way}');") and None
    wordpress.run_php("delete_option('hardened');")


def _gives_and_takes(ward: Ward, broker: BrokerSide) -> None:
    """Each verb, and what the holder notices of it."""
    assert broker.adapter.health().problems == ()
    grant = broker.give(ward.nurse, notes_of(ward.mine))
    session = ward.log_in()
    assert ward.reads(session, ward.my_note)
    assert not ward.reads(session, ward.other_note)
    assert grant in broker.active()
    assert broker.take_back(grant) == DONE
    assert grant not in broker.active()
    assert not ward.is_logged_in(session)


def test_locked_rest_api(ward: Ward, broker: BrokerSide, harden: Harden) -> None:
    """A plugin that refuses everybody who is not logged in, as late as it can, does not lock the broker out."""
    harden("rest_locked")
    anybody = requests.get(f"{ward.site.url}/?rest_route=/wp/v2/types", timeout=20)
    assert (anybody.status_code, anybody.json()["code"]) == (401, "rest_login_required")
    _gives_and_takes(ward, broker)


def test_application_passwords_off(ward: Ward, broker: BrokerSide, harden: Harden) -> None:
    """The companion knows its broker by signature and needs no application password."""
    secret = ward.site.application_password(ward.nurse)
    harden("no_application_passwords")
    address = f"{ward.site.url}/?rest_route=/wp/v2/users/me"
    assert requests.get(address, auth=(ward.nurse, secret), timeout=20).status_code == 401
    _gives_and_takes(ward, broker)


def test_users_removed_from_rest(ward: Ward, broker: BrokerSide, harden: Harden) -> None:
    """Accounts are found on the site itself, not over its REST API."""
    harden("no_users")
    gone = requests.get(f"{ward.site.url}/?rest_route=/wp/v2/users", timeout=20)
    assert gone.json()["code"] == "rest_no_route"
    _gives_and_takes(ward, broker)


def test_authorization_header_stripped(ward: Ward, broker: BrokerSide) -> None:
    """The signed call travels in a header of its own, which such hosts pass on."""
    between, direct = GoBetween(ward.site.url), broker.adapter
    for verb in ("apply", "revoke", "observe", "health"):
        between.order(verb, strip_authorization, for_good=True)
    try:
        broker.connect(between.url)
        _gives_and_takes(ward, broker)
    finally:
        broker.adapter = direct
        between.go_down()


@pytest.mark.parametrize("structure", ["", "/%postname%/", "/index.php/%year%/%postname%/"])
def test_permalinks(ward: Ward, broker: BrokerSide, structure: str) -> None:
    """The route goes by query: no rewriting on the host is needed, and none disturbs."""
    ward.site.run_php(f"update_option('permalink_structure', '{structure}');")
    try:
        _gives_and_takes(ward, broker)
    finally:
        ward.site.run_php("update_option('permalink_structure', '');")


@pytest.mark.parametrize(
    ("way", "missing"),
    [("no_foreign_routes", True), ("nobody_answered", False)],
    ids=str,
)
def test_locked_out_altogether(
    ward: Ward, broker: BrokerSide, harden: Harden, way: str, *, missing: bool
) -> None:
    """Where a plugin removes the companion's routes nothing counts as taken back, and the grant still ends by itself."""
    ends = (broker.clock.now() + timedelta(seconds=3)).replace(microsecond=0)
    grant = broker.give(ward.nurse, notes_of(ward.mine), expires_at=ends)
    session = ward.log_in()
    assert ward.reads(session, ward.my_note)
    harden(way)
    with pytest.raises(SiteError) as failed:
        broker.take_back(grant)
    assert isinstance(failed.value, CompanionMissing) is missing
    assert failed.value.effect_unknown is not missing
    until_instant(ends)
    assert not ward.is_logged_in(session)
    harden("")
    assert grant not in broker.active()


@pytest.fixture
def object_cache(wordpress: WordPressSite) -> Iterator[None]:
    """What requests store is kept for all later ones, as Redis or Memcached would."""
    drop_in = wordpress.root / "wp-content/object-cache.php"
    shutil.copy(CLINIC / "object-cache.php", drop_in)
    yield
    drop_in.unlink()
    shutil.rmtree(wordpress.root / "wp-content/object-cache")


@pytest.mark.usefixtures("object_cache")
def test_persistent_object_cache(ward: Ward, broker: BrokerSide) -> None:
    """What other requests stored of accounts, posts and options revives nothing and hides nothing."""
    assert not ward.reads(ward.log_in(), ward.my_note)
    assert ward.site.run_php("echo wp_using_ext_object_cache() ? 'kept' : 'not kept';") == "kept"
    _gives_and_takes(ward, broker)
    again = broker.give(ward.nurse, notes_of(ward.mine))
    session = ward.log_in()
    assert ward.reads(session, ward.my_note)
    # What somebody does in the database reaches WordPress' own questions late, and the companion's at once.
    ward.site.sql(f"DELETE FROM wp_emergency_access_leases WHERE grant_id = '{again}'")
    assert not ward.reads(session, ward.my_note)


@pytest.mark.usefixtures("object_cache")
def test_expiry_with_a_persistent_object_cache(ward: Ward, broker: BrokerSide) -> None:
    """The end comes on time, and the sessions that a cache still knows are ended as well."""
    ends = (broker.clock.now() + timedelta(seconds=3)).replace(microsecond=0)
    broker.give(ward.nurse, notes_of(ward.mine), expires_at=ends)
    session = ward.log_in()
    assert ward.reads(session, ward.my_note)
    until_instant(ends)
    assert not ward.reads(session, ward.my_note)
    assert not ward.is_logged_in(session)


@contextmanager
def _companion_changed(site: WordPressSite, name: str, text: str) -> Iterator[None]:
    file = site.root / "wp-content/plugins" / FOLDER.name / name
    was = file.read_text(encoding="utf-8")
    file.write_text(text, encoding="utf-8")
    try:
        yield
    finally:
        file.write_text(was, encoding="utf-8")


def test_opcache_that_never_looks(ward: Ward, broker: BrokerSide) -> None:
    """PHP goes on running the file it once read: health says that it may, and the digest that the file is another."""
    frozen = PhpServer(ward.site.root, workers=2, options={"opcache.validate_timestamps": "0"})
    frozen.start()
    try:
        adapter = broker.reach(frozen.url)
        before = adapter.health()
        assert before.words == ("opcache_frozen",)
        assert any("Restart PHP" in problem for problem in before.problems)
        assert before.companion_digest == companion_digest()
        with _companion_changed(ward.site, "emergency-access-broker.php", "<?php // taken out\n"):
            after = adapter.health()
            with pytest.raises(CompanionMissing):
                broker.adapter.health()
        assert after.companion_digest != companion_digest()
        assert any("files differ" in problem for problem in after.problems)
        assert adapter.health().companion_digest == companion_digest()
    finally:
        frozen.stop()


def test_companion_deleted_in_the_middle_of_a_grant(ward: Ward, broker: BrokerSide) -> None:
    """With the folder gone access is gone, the broker calls the companion missing, and it is there again once put back."""
    grant = broker.give(ward.nurse, notes_of(ward.mine))
    session = ward.log_in()
    assert ward.reads(session, ward.my_note)
    shutil.rmtree(ward.site.root / "wp-content/plugins" / FOLDER.name)
    try:
        assert not ward.reads(session, ward.my_note)
        for call in (broker.adapter.observe, broker.adapter.health, lambda: broker.take_back(grant)):
            with pytest.raises(CompanionMissing) as failed:
                call()
            assert not failed.value.effect_unknown
    finally:
        ward.site.install_companion(broker.pairing)
    assert grant in broker.active()
    assert broker.take_back(grant) == DONE
    assert not ward.reads(ward.log_in(), ward.my_note)
