from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from broker.clock import SettableClock
from broker.errors import SiteError
from broker.ledger.chain import Ledger
from broker.sealing import Seal
from broker.sites.memory import LONGEST_CLAIM, SiteMemory
from broker.sites.register import Site, add_site
from broker.sites.tables import site_claims, site_memory
from broker.store import Store

SEAL = Seal(bytes(range(32)), "sites")


@pytest.fixture
def connected(any_store: Store) -> Store:
    with any_store.write() as tx:
        for site_id in ("clinic", "shop"):
            add = Site(site_id, "wordpress", "Clinic", "https://clinic.example", False, tx.at)
            add_site(tx, Ledger(), add, actor="test")
    return any_store


def memory(store: Store, site: str = "clinic") -> SiteMemory:
    return SiteMemory(store, SEAL, site)


def test_what_was_written_is_read_by_the_next_process(connected: Store) -> None:
    """Each write is there for another instance at once, and the last one counts."""
    for value in ("editor", "author"):
        memory(connected).write("roles:7", value)
    assert memory(connected).read("roles:7") == "author"
    assert memory(connected).keys() == ["roles:7"]


def test_what_was_forgotten_is_gone(connected: Store) -> None:
    """Forgetting twice is no error, and a site knows nothing of another's memory."""
    memory(connected).write("roles:7", "editor")
    assert memory(connected, "shop").read("roles:7") is None
    for _ in range(2):
        memory(connected).forget("roles:7")
    assert memory(connected).read("roles:7") is None


def test_nothing_is_legible_in_the_database(connected: Store) -> None:
    """The stored bytes do not hold what was remembered."""
    memory(connected).write("roles:7", "administrator")
    with connected.read() as reader:
        assert b"administrator" not in reader.execute(select(site_memory.c.sealed)).scalar_one()


def test_a_row_copied_to_another_site_does_not_open(connected: Store) -> None:
    """Nor does one copied to another key: both are sealed in."""
    memory(connected).write("roles:7", "editor")
    with connected.write() as tx:
        row = tx.execute(select(site_memory)).mappings().one()
        tx.execute(insert(site_memory).values({**row, "site_id": "shop"}))
        tx.execute(insert(site_memory).values({**row, "key": "roles:8"}))
    for copied in (("shop", "roles:7"), ("clinic", "roles:8")):
        with pytest.raises(SiteError, match="cannot be opened"):
            memory(connected, copied[0]).read(copied[1])


def test_one_process_at_a_time_holds_a_claim(connected: Store) -> None:
    """A second claim is refused until the first is released, whoever asks."""
    first, second = memory(connected), memory(connected)
    assert first.claim("roles:7", 30)
    assert not second.claim("roles:7", 30)
    assert not first.claim("roles:7", 30)
    assert second.claim("roles:8", 30)
    first.release("roles:7")
    assert second.claim("roles:7", 30)


def test_a_claim_of_a_killed_process_ends_by_itself(connected: Store, clock: SettableClock) -> None:
    """After its seconds somebody else may act, and the late first one releases nothing of theirs."""
    first, second = memory(connected), memory(connected)
    first.claim("roles:7", 30)
    clock.advance(seconds=30)
    assert second.claim("roles:7", 30)
    first.release("roles:7")
    assert not memory(connected).claim("roles:7", 30)


def test_a_claim_made_in_a_wrong_year_stops_nobody(connected: Store, clock: SettableClock) -> None:
    """What ends later than any claim can is not believed: revocations would wait for it."""
    memory(connected).claim("roles:7", 30)
    with connected.write() as tx:
        tx.execute(update(site_claims).values(claimed_until=tx.at + LONGEST_CLAIM + timedelta(seconds=1)))
    assert memory(connected).claim("roles:7", 30)
