"""Migrations lead to exactly the schema the code declares, on every database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from broker.access.grant import get_grant
from broker.access.request import get_request
from broker.app import build_parts
from broker.clock import SettableClock
from broker.errors import ConfigurationError, Unavailable
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.ledger.tables import ledger_head
from broker.ledger.triggers import missing_guards
from broker.store import Store, metadata
from broker.store.engine import open_engine
from broker.store.schema import check_schema, downgrade, upgrade
from tests.fakes.clinic import Clinic

# Every room's tables are known once the wiring, which imports all rooms, is.
assert build_parts


@pytest.fixture
def migrated(empty_database: Engine) -> Engine:
    upgrade(empty_database)
    return empty_database


def test_from_nothing_to_what_the_code_declares(migrated: Engine) -> None:
    """No table, column, type, index or constraint differs; each difference is named with its table."""
    with migrated.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [_in_words(each) for each in compare_metadata(context, metadata)]
        assert differences == []
        check_schema(migrated)


def test_what_no_comparison_sees_is_alike_too(migrated: Engine, created: Engine) -> None:
    """Primary keys, nullability, defaults, foreign keys and checks are those of tables made from the code."""
    differing = {}
    for table in metadata.tables:
        here, there = _details(migrated, table), _details(created, table)
        if here != there:
            differing[table] = (here, there)
    assert differing == {}


def test_the_ledger_is_guarded(migrated: Engine) -> None:
    """All triggers stand, and the head row of an empty chain waits for the first entry."""
    with migrated.connect() as connection:
        assert missing_guards(connection) == []
        assert connection.execute(text("SELECT seq FROM ledger_head")).scalars().all() == [0]


def test_the_seeded_head_takes_the_first_entry(migrated: Engine, clock) -> None:
    """A chain begins on a migrated database as on one made from the tables."""
    store = Store(migrated, clock)
    with store.write() as tx:
        Ledger().append(tx, Entry("grant.active", "person_a"))
    with store.read() as reader:
        assert reader.execute(ledger_head.select()).one().seq == 1


def test_a_chain_with_entries_survives_one_step_down_and_up(migrated: Engine, clock: SettableClock) -> None:
    """Entries and head stay, the guards go and come back, and the next entry continues the chain."""
    store = Store(migrated, clock)
    for _ in range(2):
        with store.write() as tx:
            Ledger().append(tx, Entry("test.happened", "broker"))
        downgrade(migrated, "0001")
        with migrated.connect() as connection:
            assert missing_guards(connection) != []
        upgrade(migrated)
    with migrated.connect() as connection:
        assert missing_guards(connection) == []
        assert connection.execute(text("SELECT seq FROM ledger_head")).scalars().all() == [2]


def test_access_that_runs_survives_the_way_back_and_forth(migrated: Engine, clock: SettableClock) -> None:
    """Columns that a later version added go with their values; no row of an earlier version goes with them."""
    clinic = Clinic(Store(migrated, clock), clock)
    grant = clinic.approve(clinic.ask().request.id).grant
    assert grant is not None
    downgrade(migrated, "0005")
    upgrade(migrated)
    with clinic.store.read() as reader:
        assert get_grant(reader, grant.id) == grant
        assert get_request(reader, grant.request_id).factor_method is None


def test_down_and_up_again(migrated: Engine) -> None:
    """Down to nothing leaves no table behind but Alembic's own, and up works again."""
    downgrade(migrated, "base")
    assert set(inspect(migrated).get_table_names()) <= {"alembic_version"}
    with pytest.raises(ConfigurationError, match="at schema none"):
        check_schema(migrated)
    upgrade(migrated)
    check_schema(migrated)


def test_each_migration_can_be_told_from_the_next() -> None:
    """One line of revisions: a second head would leave half the databases behind."""
    folder = Path(__file__).parents[2] / "broker" / "store" / "migrations" / "versions"
    numbers = sorted(file.name.split("_")[0] for file in folder.glob("*.py"))
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]


def _in_words(difference: tuple | list) -> str:
    if isinstance(difference, list):
        return "; ".join(_in_words(each) for each in difference)
    act, *what = difference
    table = next(
        (getattr(each, "table", None) for each in what if getattr(each, "table", None) is not None), None
    )
    named = ", ".join(str(getattr(each, "name", each)) for each in what if each is not None)
    return f"{act} in table {table.name if table is not None else what[0]}: {named}"


def _details(engine: Engine, table: str) -> dict[str, object]:
    look = inspect(engine)
    parts: dict[str, Callable] = {
        "primary key": look.get_pk_constraint,
        "columns": look.get_columns,
        "foreign keys": look.get_foreign_keys,
        "checks": look.get_check_constraints,
        "unique": look.get_unique_constraints,
        "indexes": look.get_indexes,
    }
    return {name: _plain(read(table)) for name, read in parts.items()}


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return sorted((_plain(each) for each in value), key=repr)
    return str(value)


def test_a_file_that_is_no_database_is_told_in_a_sentence(tmp_path: Path, clock: SettableClock) -> None:
    """A damaged file is a store that cannot be used, at the start and later, and never a traceback."""
    (tmp_path / "broker.db").write_bytes(b"no database" * 1000)
    engine = open_engine(f"sqlite:///{tmp_path / 'broker.db'}")
    with pytest.raises(Unavailable, match="cannot be opened"):
        check_schema(engine)
    with pytest.raises(Unavailable, match="cannot be used"), Store(engine, clock).read():
        pass
    engine.dispose()
