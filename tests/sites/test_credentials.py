import pytest
from sqlalchemy import insert, select

from broker.errors import Invalid, SiteError
from broker.ledger.chain import Ledger
from broker.ledger.tables import ledger_entries
from broker.sealing import Seal
from broker.sites.credentials import (
    LONGEST_OPTION,
    destroy_all,
    options_of,
    secret_names,
    secrets_of,
    set_option,
    set_secret,
)
from broker.sites.memory import SiteMemory
from broker.sites.register import Site, add_site
from broker.sites.tables import site_memory, site_secrets
from broker.store import Store

SEAL = Seal(bytes(range(32)), "sites")
WORD = "abcd EFGH 1234"


@pytest.fixture
def connected(store: Store) -> Store:
    with store.write() as tx:
        for site_id in ("clinic", "shop"):
            add = Site(site_id, "wordpress-core", "Clinic", "https://clinic.example", False, tx.at)
            add_site(tx, Ledger(), add, actor="test")
        set_secret(tx, Ledger(), SEAL, "clinic", "password", WORD, actor="test")
    return store


def test_a_secret_is_kept_for_its_site_alone(connected: Store) -> None:
    """It comes back whole, replaces the one before, and another site has none."""
    with connected.write() as tx:
        set_secret(tx, Ledger(), SEAL, "clinic", "password", "another", actor="test")
        assert secrets_of(tx, SEAL, "clinic") == {"password": "another"}
        assert secret_names(tx, "clinic") == {"password"}
        assert secrets_of(tx, SEAL, "shop") == {}


def test_a_secret_stands_nowhere_in_clear(connected: Store) -> None:
    """Neither its row nor the ledger holds it; the ledger says which one was set, and who did."""
    with connected.read() as reader:
        assert WORD.encode() not in reader.execute(select(site_secrets.c.sealed)).scalar_one()
        entries = reader.all(select(ledger_entries))
    assert WORD not in str(entries)
    assert [row.event for row in entries][-1] == "site.secret_set"


def test_a_secret_copied_to_another_site_does_not_open(connected: Store) -> None:
    """Whoever may write the table cannot turn one site's password against another site."""
    with connected.write() as tx:
        row = tx.execute(select(site_secrets)).mappings().one()
        tx.execute(insert(site_secrets).values({**row, "site_id": "shop"}))
    with connected.read() as reader, pytest.raises(SiteError, match="cannot be opened"):
        secrets_of(reader, SEAL, "shop")


def test_another_key_opens_nothing(connected: Store) -> None:
    """With a new identity key each credential is asked for again, in words."""
    with connected.read() as reader, pytest.raises(SiteError) as error:
        secrets_of(reader, Seal(bytes(32), "sites"), "clinic")
    assert "broker site secret clinic password" in error.value.help


def test_an_empty_secret_is_refused(connected: Store) -> None:
    """Nothing typed is no secret."""
    with pytest.raises(Invalid), connected.write() as tx:
        set_secret(tx, Ledger(), SEAL, "clinic", "password", "", actor="test")


def test_a_setting_is_kept_replaced_and_taken_away(connected: Store) -> None:
    """The last value counts; an empty one removes it; one that does not fit is refused."""
    with connected.write() as tx:
        for value in ("https://a.example", "https://b.example"):
            set_option(tx, Ledger(), "clinic", "signing_base_url", value, actor="test")
        assert options_of(tx, "clinic") == {"signing_base_url": "https://b.example"}
        set_option(tx, Ledger(), "clinic", "signing_base_url", "", actor="test")
        assert options_of(tx, "clinic") == {}
        with pytest.raises(Invalid):
            set_option(tx, Ledger(), "clinic", "signing_base_url", "a" * (LONGEST_OPTION + 1), actor="test")


def test_nothing_is_left_of_a_site_whose_credentials_are_destroyed(connected: Store) -> None:
    """Secrets, settings and memory go; another site keeps its own."""
    for site_id in ("clinic", "shop"):
        SiteMemory(connected, SEAL, site_id).write("roles:7", "editor")
    with connected.write() as tx:
        destroy_all(tx, "clinic")
        assert secret_names(tx, "clinic") == set()
        assert list(tx.execute(select(site_memory.c.site_id)).scalars()) == ["shop"]
