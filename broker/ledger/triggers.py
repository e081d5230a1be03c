"""What makes the database itself refuse to change the past.

Plain statements without binds, so that table creation and migrations run the
same ones. A database owner can drop the triggers; the verifier finds what was
done then.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from broker.errors import ConfigurationError
from broker.ledger.body import EMPTY_DIGEST

_Rule = tuple[str, str, str, str | None, str]

_SEED: Final = (
    "INSERT INTO ledger_head (id, seq, digest, at) "  # noqa: S608 - constants only
    f"VALUES (1, 0, '{EMPTY_DIGEST}', '1970-01-01 00:00:00.000000{{zone}}')"
)
_NEXT_ONLY: Final = "EXISTS (SELECT 1 FROM ledger_head WHERE seq = NEW.seq - 1 AND digest = NEW.previous)"
_ONE_STEP: Final = (
    "NEW.id = OLD.id AND NEW.seq = OLD.seq + 1 AND NEW.at >= OLD.at AND EXISTS ("
    "SELECT 1 FROM ledger_entries WHERE seq = NEW.seq AND digest = NEW.digest AND at = NEW.at)"
)
_KEPT: Final = "the ledger is append-only; what is written stays"
_ORDER: Final = "the ledger is append-only; only the next entry can be added"
_STEP: Final = "the ledger head moves only to the entry that was just added"

# name, occasion, table, what must hold (nothing: always refused), message
_RULES: Final = (
    ("ledger_entries_no_update", "UPDATE", "ledger_entries", None, _KEPT),
    ("ledger_entries_no_delete", "DELETE", "ledger_entries", None, _KEPT),
    # BEFORE INSERT is seen by INSERT OR REPLACE too, whose deletion may pass DELETE triggers by.
    ("ledger_entries_next_only", "INSERT", "ledger_entries", _NEXT_ONLY, _ORDER),
    ("ledger_head_one_step", "UPDATE", "ledger_head", _ONE_STEP, _STEP),
    ("ledger_head_no_delete", "DELETE", "ledger_head", None, _KEPT),
    ("ledger_head_only_one", "INSERT", "ledger_head", "NOT EXISTS (SELECT 1 FROM ledger_head)", _STEP),
)
_NEXT_SUBTREE: Final = (
    "NEW.place = (SELECT COALESCE(MAX(place) + 1, 0) FROM ledger_subtrees WHERE level = NEW.level)"
)
_SUBTREE_RULES: Final = (
    ("ledger_subtrees_no_update", "UPDATE", "ledger_subtrees", None, _KEPT),
    ("ledger_subtrees_no_delete", "DELETE", "ledger_subtrees", None, _KEPT),
    ("ledger_subtrees_next_only", "INSERT", "ledger_subtrees", _NEXT_SUBTREE, _ORDER),
)
_TABLES: Final = ("ledger_entries", "ledger_head")
_PRESENT: Final = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
}


def install_statements(dialect: str) -> list[str]:
    """What to run, in order, once both tables exist: the empty chain's head, then the triggers."""
    zone = "" if dialect == "sqlite" else "+00"
    return [_SEED.format(zone=zone), *_statements(dialect, _RULES, _TABLES)]


def subtree_guard_statements(dialect: str) -> list[str]:
    """The triggers of the table of subtrees, once it exists."""
    return _statements(dialect, _SUBTREE_RULES, ("ledger_subtrees",))


def guard_statements(dialect: str) -> list[str]:
    """The triggers alone, for a migration that had to rebuild a table."""
    return _statements(dialect, _RULES, _TABLES) + subtree_guard_statements(dialect)


def _statements(dialect: str, rules: tuple[_Rule, ...], tables: tuple[str, ...]) -> list[str]:
    if dialect == "sqlite":
        return [_sqlite_trigger(*rule) for rule in rules]
    if dialect == "postgresql":
        rows = [part for rule in rules for part in _postgresql_trigger(*rule)]
        return rows + [part for table in tables for part in _postgresql_truncation(table)]
    raise ConfigurationError(f"The ledger is not guarded on {dialect}.", help="Use SQLite or PostgreSQL.")


def unguard_statements(dialect: str) -> list[str]:
    """What such a migration runs before it rebuilds the table."""
    if dialect == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for name, _ in _guards(dialect)]
    guards = _guards(dialect)
    drops = [f"DROP TRIGGER IF EXISTS {name} ON {table}" for name, table in guards]
    return drops + [f"DROP FUNCTION IF EXISTS {name}()" for name, _ in guards]


def missing_guards(connection: Connection) -> list[str]:
    """Names of triggers that are gone or switched off: the database no longer refuses to change the past."""
    dialect = connection.dialect.name
    present = connection.exec_driver_sql(_PRESENT[dialect]).scalars().all()
    return [name for name, _ in _guards(dialect) if name not in present]


def _guards(dialect: str) -> list[tuple[str, str]]:
    tables = () if dialect == "sqlite" else (*_TABLES, "ledger_subtrees")
    truncation = [(f"{table}_no_truncate", table) for table in tables]
    return [(name, table) for name, _occasion, table, *_ in (*_RULES, *_SUBTREE_RULES)] + truncation


def _sqlite_trigger(name: str, occasion: str, table: str, holds: str | None, message: str) -> str:
    when = f"WHEN NOT ({holds}) " if holds else ""
    refusal = f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    return f"CREATE TRIGGER {name} BEFORE {occasion} ON {table} {when}{refusal}"


def _postgresql_trigger(name: str, occasion: str, table: str, holds: str | None, message: str) -> list[str]:
    return [
        _postgresql_function(name, holds, message),
        f"CREATE TRIGGER {name} BEFORE {occasion} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]


def _postgresql_truncation(table: str) -> list[str]:
    name = f"{table}_no_truncate"
    return [
        _postgresql_function(name, None, _KEPT),
        f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
    ]


def _postgresql_function(name: str, holds: str | None, message: str) -> str:
    allow = f"IF {holds} THEN RETURN NEW; END IF; " if holds else ""
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {allow}"
        f"RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{message}'; END $$"
    )
