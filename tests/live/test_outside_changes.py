"""What changes on a real WordPress beside the broker, and who is said to have done it."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator

import pytest
import requests

from broker.adapters.companion.chain import Happening
from broker.adapters.lease import ContainmentAction, ContainmentClaims
from broker.adapters.port import SignedDocument
from broker.clock import new_id
from tests.live.broker_side import ISSUER, SITE, BrokerSide
from tests.live.conftest import PASSWORD
from tests.live.site_events import Puller, outside
from tests.live.wordpress_site import WordPressSite

pytestmark = pytest.mark.live
_NUMBERS = itertools.count(1)
BOSS = "site-admin"


@pytest.fixture
def watcher(wordpress: WordPressSite, broker: BrokerSide) -> Puller:
    """Has pulled everything, and the site has looked at itself just now."""
    wordpress.create_user(BOSS, role="administrator", password=PASSWORD)
    watcher = Puller(broker)
    watcher.look_again(wordpress)
    return watcher


@pytest.fixture
def boss(wordpress: WordPressSite, watcher: Puller) -> requests.Session:
    """An administrator who is signed in."""
    return wordpress.log_in(BOSS, PASSWORD)


@pytest.fixture
def person(wordpress: WordPressSite, watcher: Puller) -> tuple[str, int]:
    """A fresh account without rights."""
    login = f"person{next(_NUMBERS)}"
    number = wordpress.create_user(login, password=PASSWORD)
    watcher.pull()
    return login, number


def one(events: list[Happening], kind: str, **facts: str) -> Happening:
    (found,) = outside(events, kind, **facts)
    return found


def test_an_account_from_beginning_to_end(
    wordpress: WordPressSite, boss: requests.Session, watcher: Puller
) -> None:
    """Created, raised, given another password and address, deleted: each told with who did it."""
    login = f"person{next(_NUMBERS)}"
    new = {"username": login, "email": f"{login}@demo.example", "password": PASSWORD, "roles": ["editor"]}
    number = wordpress.rest(boss, "POST", "/wp/v2/users", json=new).json()["id"]
    told = watcher.pull()
    assert one(told, "user_created", object=f"user {number}").account == BOSS
    given = one(told, "role_changed", object=f"user {number}", to="editor")
    assert (given.account, given.facts["subject"]) == (BOSS, login)

    wordpress.rest(boss, "POST", f"/wp/v2/users/{number}", json={"roles": ["administrator"]})
    raised = outside(watcher.pull(), "role_changed", object=f"user {number}")
    # WordPress takes the old role away in one step and gives the new one in another.
    assert (raised[0].facts["from"], raised[-1].facts["to"]) == ("editor", "administrator")
    assert {event.account for event in raised} == {BOSS}

    change = {"password": "another-password", "email": f"{login}@elsewhere.example"}
    wordpress.rest(boss, "POST", f"/wp/v2/users/{number}", json=change)
    told = watcher.pull()
    assert one(told, "password_changed", object=f"user {number}").account == BOSS
    assert one(told, "email_changed", object=f"user {number}").account == BOSS
    assert "elsewhere.example" not in str(told)

    wordpress.rest(boss, "DELETE", f"/wp/v2/users/{number}?force=true&reassign=1")
    deleted = one(watcher.pull(), "user_deleted", object=f"user {number}")
    assert (deleted.account, deleted.facts["subject"]) == (BOSS, login)
    assert watcher.look_again(wordpress) == []


def test_a_single_capability(
    wordpress: WordPressSite, boss: requests.Session, person: tuple[str, int], watcher: Puller
) -> None:
    """A right added to an account without any role is told like a role."""
    wordpress.run_php(f"wp_set_current_user(0); (new WP_User({person[1]}))->add_cap('manage_options');")
    raised = one(watcher.pull(), "role_changed", object=f"user {person[1]}")
    assert raised.facts["to"] == "manage_options,subscriber"
    assert (raised.account, raised.facts["by"]) == ("", "command line")
    assert watcher.look_again(wordpress) == []


def test_a_patients_account_is_not_named(wordpress: WordPressSite, watcher: Puller) -> None:
    """Who may only read, as a patient may, is told of by number alone, also as the one who acts."""
    login = f"patient{next(_NUMBERS)}"
    number = wordpress.create_user(login, password=PASSWORD)
    session = wordpress.log_in(login, PASSWORD)
    wordpress.rest(session, "POST", "/wp/v2/users/me", json={"password": "another-password"})
    told = watcher.pull()
    assert one(told, "password_changed", object=f"user {number}").facts["by"] == "self"
    assert login not in str(told)


def test_application_passwords(
    wordpress: WordPressSite, boss: requests.Session, person: tuple[str, int], watcher: Puller
) -> None:
    """Made and deleted ones are told without their names, which are people's free text."""
    route = f"/wp/v2/users/{person[1]}/application-passwords"
    made = wordpress.rest(boss, "POST", route, json={"name": "phone of somebody"}).json()
    told = watcher.pull()
    assert one(told, "application_password_created", object=f"user {person[1]}").account == BOSS
    wordpress.rest(boss, "DELETE", f"{route}/{made['uuid']}")
    deleted = one(watcher.pull(), "application_password_deleted", uuid=made["uuid"])
    assert deleted.account == BOSS
    assert "phone of somebody" not in str(told)


def test_a_new_password_by_mail(wordpress: WordPressSite, person: tuple[str, int], watcher: Puller) -> None:
    """A password that was reset with the link from a mail is told once."""
    wordpress.run_php(f"reset_password(get_userdata({person[1]}), 'another-password');")
    assert one(watcher.pull(), "password_changed", object=f"user {person[1]}").account == ""


@pytest.fixture
def plugin(wordpress: WordPressSite) -> Iterator[str]:
    folder = wordpress.root / "wp-content/plugins/a-plugin"
    folder.mkdir()
    (folder / "a-plugin.php").write_text("<?php /* Plugin Name: A plugin */")
    try:
        yield "a-plugin/a-plugin"
    finally:
        for file in folder.glob("*"):
            file.unlink()
        if folder.exists():
            folder.rmdir()


def test_plugins(wordpress: WordPressSite, boss: requests.Session, plugin: str, watcher: Puller) -> None:
    """A plugin put there, switched on, switched off, deleted: each told, the files as what was found."""
    found = one(watcher.look_again(wordpress), "files_changed", object="plugins/a-plugin", change="added")
    assert (found.account, found.facts["found"]) == ("", "afterwards")
    for status, to in (("active", "on"), ("inactive", "off")):
        wordpress.rest(boss, "POST", f"/wp/v2/plugins/{plugin}", json={"status": status})
        switched = one(watcher.pull(), "plugin_switched", name=f"{plugin}.php")
        assert (switched.account, switched.facts["to"]) == (BOSS, to)
    wordpress.rest(boss, "DELETE", f"/wp/v2/plugins/{plugin}")
    assert one(watcher.pull(), "plugin_switched", name=f"{plugin}.php", to="deleted").account == BOSS
    gone = watcher.look_again(wordpress)
    assert [event.facts["change"] for event in gone] == ["removed"]


def test_settings_that_let_people_in(wordpress: WordPressSite, watcher: Puller) -> None:
    """Registration, its role, the administrator's address and the site's own are told; others are not."""
    wordpress.run_php(
        "update_option('blogname', 'x'); update_option('users_can_register', 1); update_option('default_role', 'editor');"
        "update_option('admin_email', 'boss@elsewhere.example');"
        "update_option('users_can_register', 0); update_option('default_role', 'subscriber');"
    )
    told = watcher.pull()
    changed = [(event.facts["object"], event.facts.get("to")) for event in outside(told, "setting_changed")]
    assert changed == [
        ("setting users_can_register", "yes"),
        ("setting default_role", "editor"),
        ("setting admin_email", None),
        ("setting users_can_register", "no"),
        ("setting default_role", "subscriber"),
    ]
    assert "elsewhere.example" not in str(told)
    assert watcher.look_again(wordpress) == []


def test_what_a_role_may_do(wordpress: WordPressSite, watcher: Puller) -> None:
    """More rights for a role are told, though no account changed."""
    wordpress.run_php("get_role('subscriber')->add_cap('upload_files');")
    assert one(watcher.pull(), "role_changed", object="role subscriber").facts["by"] == "command line"
    wordpress.run_php("get_role('subscriber')->remove_cap('upload_files');")
    watcher.pull()
    assert watcher.look_again(wordpress) == []


def test_an_administrator_by_database(
    wordpress: WordPressSite, person: tuple[str, int], watcher: Puller
) -> None:
    """Whoever writes rights, a password or an address into the database is noticed at the next look."""
    login, number = person
    rights = 'a:1:{s:13:"administrator";b:1;}'
    wordpress.sql(
        f"UPDATE wp_usermeta SET meta_value = '{rights}' WHERE user_id = {number} AND meta_key = 'wp_capabilities'"
    )
    assert watcher.pull() == []  # within the minute
    raised = one(watcher.look_again(wordpress), "role_changed", object=f"user {number}")
    assert (raised.facts["subject"], raised.facts["powerful"], raised.facts["found"]) == (
        login, "yes", "afterwards",
    )  # fmt: skip
    digest = hashlib.md5(b"known").hexdigest()
    wordpress.sql(
        f"UPDATE wp_users SET user_pass = '{digest}', user_email = 'x@y.example' WHERE ID = {number}"
    )
    told = watcher.look_again(wordpress)
    assert one(told, "password_changed", object=f"user {number}", found="afterwards")
    assert one(told, "email_changed", object=f"user {number}", found="afterwards")
    wordpress.sql(f"DELETE FROM wp_usermeta WHERE user_id = {number} AND meta_key = 'wp_capabilities'")
    assert one(watcher.look_again(wordpress), "role_changed", object=f"user {number}", powerful="no")
    assert watcher.look_again(wordpress) == []


def test_a_told_change_hides_no_other(
    wordpress: WordPressSite, person: tuple[str, int], watcher: Puller
) -> None:
    """A password written into the database is found although the account's role was changed properly meanwhile."""
    number = person[1]
    wordpress.run_php(f"(new WP_User({number}))->set_role('administrator');")
    wordpress.sql(f"UPDATE wp_users SET user_pass = 'x' WHERE ID = {number}")
    wordpress.run_php(f"(new WP_User({number}))->add_role('editor');")
    assert len(outside(watcher.pull(), "role_changed")) == 2
    assert [event.kind for event in watcher.look_again(wordpress)] == ["password_changed"]
    wordpress.run_php(f"(new WP_User({number}))->set_role('subscriber');")


def test_a_plugin_and_a_setting_by_database(wordpress: WordPressSite, watcher: Puller) -> None:
    """What runs, and who may register, is compared with the database too."""
    listed = wordpress.sql("SELECT option_value FROM wp_options WHERE option_name = 'active_plugins'").strip()
    both = 'a:2:{i:0;s:9:"hello.php";i:1;s:49:"emergency-access-broker/emergency-access-broker.php";}'
    both = both.replace("s:49", f"s:{len('emergency-access-broker/emergency-access-broker.php')}")
    wordpress.sql(
        f"UPDATE wp_options SET option_value = '{both}' WHERE option_name = 'active_plugins';"
        "UPDATE wp_options SET option_value = '1' WHERE option_name = 'users_can_register'"
    )
    told = watcher.look_again(wordpress)
    assert one(told, "plugin_switched", name="hello.php", to="on", found="afterwards")
    assert one(told, "setting_changed", object="setting users_can_register", found="afterwards")
    wordpress.sql(
        f"UPDATE wp_options SET option_value = '{listed}' WHERE option_name = 'active_plugins';"
        "UPDATE wp_options SET option_value = '0' WHERE option_name = 'users_can_register'"
    )
    assert len(watcher.look_again(wordpress)) == 2


@pytest.mark.parametrize(
    ("file", "place"),
    [
        ("wp-content/mu-plugins/clinic.php", "mu-plugins/clinic.php"),
        (
            "wp-content/plugins/emergency-access-broker/src/Signed/NeverGrant.php",
            "plugins/emergency-access-broker",
        ),
        ("wp-config.php", "wp-config.php"),
    ],
)
def test_changed_files(wordpress: WordPressSite, watcher: Puller, file: str, place: str) -> None:
    """A line added to code or configuration is noticed, and so is its removal."""
    path = wordpress.root / file
    before = path.read_text()
    path.write_text(before + "\n// one more line\n")
    try:
        found = one(watcher.look_again(wordpress), "files_changed")
        assert (found.facts["object"], found.facts["change"]) == (place, "changed")
    finally:
        path.write_text(before)
    assert len(watcher.look_again(wordpress)) == 1


@pytest.mark.parametrize(
    "file",
    ["wp-content/object-cache.inc", "x.php", "wp-content/mu-plugins/.user.ini", "wp-content/themes/x.phtml"],
)
def test_new_files(wordpress: WordPressSite, watcher: Puller, file: str) -> None:
    """A file that PHP would run or read is noticed wherever code lies."""
    path = wordpress.root / file
    path.write_text("")
    try:
        assert len(outside(watcher.look_again(wordpress), "files_changed")) == 1
    finally:
        path.unlink()
    assert len(watcher.look_again(wordpress)) == 1


def test_keys_of_a_shop(wordpress: WordPressSite, person: tuple[str, int], watcher: Puller) -> None:
    """WooCommerce makes API keys without telling anybody; new and deleted ones are noticed."""
    wordpress.sql(
        "CREATE TABLE wp_woocommerce_api_keys (key_id bigint PRIMARY KEY, user_id bigint, permissions varchar(10),"
        " consumer_secret char(43))"
    )
    try:
        assert watcher.look_again(wordpress) == []
        wordpress.sql(f"INSERT INTO wp_woocommerce_api_keys VALUES (7, {person[1]}, 'read_write', 'cs_x')")
        made = one(watcher.look_again(wordpress), "api_key_created", object="api key 7")
        assert (made.facts["owner"], made.facts["permissions"]) == (f"user {person[1]}", "read_write")
        assert "cs_x" not in str(made)
    finally:
        wordpress.sql("DROP TABLE wp_woocommerce_api_keys")
    assert one(watcher.look_again(wordpress), "api_key_deleted", object="api key 7")


def test_what_the_broker_orders_is_its_own(
    wordpress: WordPressSite, broker: BrokerSide, watcher: Puller
) -> None:
    """Application passwords that the broker has deleted are not reported as somebody else's doing."""
    login = f"boss{next(_NUMBERS)}"
    wordpress.create_user(login, role="administrator", password=PASSWORD)
    wordpress.application_password(login)
    watcher.look_again(wordpress)
    order = ContainmentClaims(
        SITE, new_id("order"), login, (), (ContainmentAction.DELETE_APPLICATION_PASSWORDS,), 1, broker.clock.now(), ISSUER
    )  # fmt: skip
    signed = SignedDocument(order.order, broker.signer.sign_containment(order))
    assert not broker.adapter.contain([signed])[signed.id].reason
    told = watcher.pull()
    assert one(told, "contained").account == login
    assert one(told, "application_password_changed", subject=login).facts["by"] == "companion"
    assert watcher.look_again(wordpress) == []


def test_watching_that_was_forgotten_begins_visibly(wordpress: WordPressSite, watcher: Puller) -> None:
    """Who empties what the site remembers of itself is not unseen."""
    wordpress.sql("TRUNCATE wp_emergency_access_seen")
    assert {event.facts["what"] for event in outside(watcher.pull(), "watch_began")} == {
        "account", "key", "stored", "files",
    }  # fmt: skip


def test_changes_while_unpaired(wordpress: WordPressSite, broker: BrokerSide, watcher: Puller) -> None:
    """Without a pairing nothing is granted, and what is done in the meantime is still told later."""
    wordpress.pair("")
    try:
        wordpress.create_user(f"person{next(_NUMBERS)}", role="administrator", password=PASSWORD)
    finally:
        wordpress.pair(broker.pairing)
    assert one(watcher.pull(), "user_created", roles="administrator")
