"""What the broker reads back of a real site: who could get in, and nothing hidden by a cache or an odd name."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
import requests

from broker.adapters.lease import ContainmentAction as Act
from broker.adapters.port import AccountState
from tests.live.broker_side import BrokerSide, notes_of
from tests.live.conftest import PASSWORD, Apart, Ward
from tests.live.test_hostile_hosting import CLINIC

pytestmark = pytest.mark.live


@pytest.fixture
def ward(lonely_ward: Ward) -> Ward:
    return lonely_ward


@pytest.fixture
def broker(apart: Apart) -> BrokerSide:
    return apart.broker


@pytest.fixture
def object_cache(ward: Ward) -> Iterator[None]:
    drop_in = ward.site.root / "wp-content/object-cache.php"
    shutil.copy(CLINIC / "object-cache.php", drop_in)
    yield
    drop_in.unlink()
    shutil.rmtree(ward.site.root / "wp-content/object-cache")


def test_holder_of_a_lease(ward: Ward, broker: BrokerSide) -> None:
    """A holder is told with roles, sessions and application passwords; without a lease a plain account is not told."""
    assert ward.nurse not in broker.adapter.observe().accounts
    grant = broker.give(ward.nurse, notes_of(ward.mine))
    _sessions = ward.log_in(), ward.log_in()
    ward.site.application_password(ward.nurse)
    seen = broker.adapter.observe()
    assert seen.accounts[ward.nurse] == AccountState(
        ward.nurse, ("subscriber",), sessions=2, application_passwords=1, api_keys=0, frozen=False
    )
    assert seen.accounts_left_off == 0
    broker.take_back(grant)
    assert ward.nurse not in broker.adapter.observe().accounts


def test_roles_that_matter(ward: Ward, broker: BrokerSide) -> None:
    """Administrators and shop managers are told, and so is a subscriber given one such right; editors are not."""
    ward.site.run_php(
        "add_role('shop_manager', 'Shop manager', array('read' => true, 'manage_woocommerce' => true));"
    )
    for role in ("administrator", "shop_manager", "editor", "author"):
        ward.site.create_user(f"{ward.nurse}-{role}", role=role, password=PASSWORD)
    ward.site.run_php(f"get_user_by('login', '{ward.nurse}')->add_cap('edit_users');")
    told = broker.adapter.observe().accounts
    assert told[f"{ward.nurse}-administrator"].roles == ("administrator",)
    assert told[f"{ward.nurse}-shop_manager"].roles == ("shop_manager",)
    assert set(told[ward.nurse].roles) == {"subscriber", "edit_users"}
    assert not {f"{ward.nurse}-editor", f"{ward.nurse}-author"} & set(told)


@pytest.mark.usefixtures("object_cache")
def test_raised_past_the_cache(ward: Ward, broker: BrokerSide) -> None:
    """Rights, roles and sessions written straight into the database are told although a cache remembers otherwise."""
    session = ward.log_in()
    assert ward.is_logged_in(session)
    who = f"user_id = (SELECT ID FROM wp_users WHERE user_login = '{ward.nurse}')"
    administrator = 'a:1:{s:13:"administrator";b:1;}'
    ward.site.sql(
        f"UPDATE wp_usermeta SET meta_value = '{administrator}' WHERE meta_key = 'wp_capabilities' AND {who}"
    )
    told = broker.adapter.observe().accounts[ward.nurse]
    assert (told.roles, told.sessions) == (("administrator",), 1)
    assert "object-cache" in broker.adapter.health().features


@pytest.mark.usefixtures("object_cache")
def test_contained_past_the_cache(ward: Ward, broker: BrokerSide) -> None:
    """A freeze bites at once where sessions and application passwords are remembered by a cache, and so does its end."""
    session, application = ward.log_in(), ward.site.application_password(ward.nurse)
    address = f"{ward.site.url}/?rest_route=/wp/v2/users/me"
    assert ward.is_logged_in(session)
    assert requests.get(address, auth=(ward.nurse, application), timeout=20).status_code == 200
    broker.contain(ward.nurse, Act.FREEZE, Act.DELETE_APPLICATION_PASSWORDS, version=10**7)
    assert not ward.is_logged_in(session)
    assert requests.get(address, auth=(ward.nurse, application), timeout=20).status_code == 401
    broker.contain(ward.nurse, Act.RELEASE, version=10**7 + 1)
    assert not ward.is_logged_in(session)
    assert requests.get(address, auth=(ward.nurse, application), timeout=20).status_code == 401
    assert ward.is_logged_in(ward.log_in())


def test_odd_names_hide_nothing(ward: Ward, broker: BrokerSide) -> None:
    """An administrator made in the database under a name no answer can carry is told by number, and so is a role."""
    ward.site.create_user(f"{ward.nurse}-odd", role="administrator", password=PASSWORD)
    where = f"user_login = '{ward.nurse}-odd'"
    number = ward.site.sql(f"SELECT ID FROM wp_users WHERE {where}").strip()
    ward.site.sql(
        f"UPDATE wp_users SET user_login = concat('{ward.nurse}', char(10), char(0x200b)) WHERE ID = {number}"
    )
    try:
        assert broker.adapter.observe().accounts[f"#{number}"].roles == ("administrator",)
    finally:
        ward.site.sql(f"DELETE FROM wp_users WHERE ID = {number}")


def test_thousands_of_administrators(ward: Ward, broker: BrokerSide) -> None:
    """No more are told than an answer holds; the rest are counted, and who holds a lease is always among those told."""
    grant = broker.give(ward.nurse, notes_of(ward.mine))
    ward.site.sql(
        "INSERT INTO wp_users (user_login, user_email, user_registered) "
        "SELECT concat('many', seq), concat('many', seq, '@demo.example'), now() FROM seq_1_to_1500;"
        "INSERT INTO wp_usermeta (user_id, meta_key, meta_value) "
        "SELECT ID, 'wp_capabilities', 'a:1:{s:13:\"administrator\";b:1;}' FROM wp_users WHERE user_login LIKE 'many%'"
    )
    try:
        seen = broker.adapter.observe()
    finally:
        ward.site.sql(
            "DELETE m FROM wp_usermeta m JOIN wp_users u ON u.ID = m.user_id WHERE user_login LIKE 'many%';"
            "DELETE FROM wp_users WHERE user_login LIKE 'many%'"
        )
    assert len(seen.accounts) == 1000
    assert seen.accounts_left_off >= 500
    assert ward.nurse in seen.accounts
    broker.take_back(grant)


def test_readiness(ward: Ward, broker: BrokerSide) -> None:
    """A mistyped login, also one that differs only in case, is found before the emergency."""
    asked = [ward.nurse, ward.nurse.upper(), "nobody-here"]
    assert broker.adapter.readiness(asked) == {
        ward.nurse: (),
        ward.nurse.upper(): ("unknown_account",),
        "nobody-here": ("unknown_account",),
    }
    assert broker.adapter.readiness([]) == {}
