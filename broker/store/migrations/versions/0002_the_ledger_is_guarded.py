"""The ledger refuses to be changed: its first head, and the triggers as they were when this was written."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

GUARDS = {
    "sqlite": (
        "INSERT INTO ledger_head (id, seq, digest, at) SELECT 1, 0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', '1970-01-01 00:00:00.000000' WHERE NOT EXISTS (SELECT 1 FROM ledger_head)",
        "CREATE TRIGGER ledger_entries_no_update BEFORE UPDATE ON ledger_entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only; what is written stays'); END",
        "CREATE TRIGGER ledger_entries_no_delete BEFORE DELETE ON ledger_entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only; what is written stays'); END",
        "CREATE TRIGGER ledger_entries_next_only BEFORE INSERT ON ledger_entries WHEN NOT (EXISTS (SELECT 1 FROM ledger_head WHERE seq = NEW.seq - 1 AND digest = NEW.previous)) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only; only the next entry can be added'); END",
        "CREATE TRIGGER ledger_head_one_step BEFORE UPDATE ON ledger_head WHEN NOT (NEW.id = OLD.id AND NEW.seq = OLD.seq + 1 AND NEW.at >= OLD.at AND EXISTS (SELECT 1 FROM ledger_entries WHERE seq = NEW.seq AND digest = NEW.digest AND at = NEW.at)) BEGIN SELECT RAISE(ABORT, 'the ledger head moves only to the entry that was just added'); END",
        "CREATE TRIGGER ledger_head_no_delete BEFORE DELETE ON ledger_head BEGIN SELECT RAISE(ABORT, 'the ledger is append-only; what is written stays'); END",
        "CREATE TRIGGER ledger_head_only_one BEFORE INSERT ON ledger_head WHEN NOT (NOT EXISTS (SELECT 1 FROM ledger_head)) BEGIN SELECT RAISE(ABORT, 'the ledger head moves only to the entry that was just added'); END",
    ),
    "postgresql": (
        "INSERT INTO ledger_head (id, seq, digest, at) SELECT 1, 0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', '1970-01-01 00:00:00.000000+00' WHERE NOT EXISTS (SELECT 1 FROM ledger_head)",
        "CREATE OR REPLACE FUNCTION ledger_entries_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'the ledger is append-only; what is written stays'; END $$",
        "CREATE TRIGGER ledger_entries_no_update BEFORE UPDATE ON ledger_entries FOR EACH ROW EXECUTE FUNCTION ledger_entries_no_update()",
        "CREATE OR REPLACE FUNCTION ledger_entries_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'the ledger is append-only; what is written stays'; END $$",
        "CREATE TRIGGER ledger_entries_no_delete BEFORE DELETE ON ledger_entries FOR EACH ROW EXECUTE FUNCTION ledger_entries_no_delete()",
        "CREATE OR REPLACE FUNCTION ledger_entries_next_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM ledger_head WHERE seq = NEW.seq - 1 AND digest = NEW.previous) THEN RETURN NEW; END IF; RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'the ledger is append-only; only the next entry can be added'; END $$",
        "CREATE TRIGGER ledger_entries_next_only BEFORE INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION ledger_entries_next_only()",
        "CREATE OR REPLACE FUNCTION ledger_head_one_step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id = OLD.id AND NEW.seq = OLD.seq + 1 AND NEW.at >= OLD.at AND EXISTS (SELECT 1 FROM ledger_entries WHERE seq = NEW.seq AND digest = NEW.digest AND at = NEW.at) THEN RETURN NEW; END IF; RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'the ledger head moves only to the entry that was just added'; END $$",
        "CREATE TRIGGER ledger_head_one_step BEFORE UPDATE ON ledger_head FOR EACH ROW EXECUTE FUNCTION ledger_head_one_step()",
        "CREATE OR REPLACE FUNCTION ledger_head_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'the ledger is append-only; what is written stays'; END $$",
        "CREATE TRIGGER ledger_head_no_delete BEFORE DELETE ON ledger_head FOR EACH ROW EXECUTE FUNCTION ledger_head_no_delete()",
        "CREATE OR REPLACE FUNCTION ledger_head_only_one() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS (SELECT 1 FROM ledger_head) THEN RETURN NEW; END IF; RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'the ledger head moves only to the entry that was just added'; END $$",
        "CREATE TRIGGER ledger_head_only_one BEFORE INSERT ON ledger_head FOR EACH ROW EXECUTE FUNCTION ledger_head_only_one()",
        "CREATE OR REPLACE FUNCTION ledger_entries_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'the ledger is append-only; what is written stays'; END $$",
        "CREATE TRIGGER ledger_entries_no_truncate BEFORE TRUNCATE ON ledger_entries FOR EACH STATEMENT EXECUTE FUNCTION ledger_entries_no_truncate()",
        "CREATE OR REPLACE FUNCTION ledger_head_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'the ledger is append-only; what is written stays'; END $$",
        "CREATE TRIGGER ledger_head_no_truncate BEFORE TRUNCATE ON ledger_head FOR EACH STATEMENT EXECUTE FUNCTION ledger_head_no_truncate()",
    ),
}

NO_GUARDS = {
    "sqlite": (
        "DROP TRIGGER IF EXISTS ledger_entries_no_update",
        "DROP TRIGGER IF EXISTS ledger_entries_no_delete",
        "DROP TRIGGER IF EXISTS ledger_entries_next_only",
        "DROP TRIGGER IF EXISTS ledger_head_one_step",
        "DROP TRIGGER IF EXISTS ledger_head_no_delete",
        "DROP TRIGGER IF EXISTS ledger_head_only_one",
    ),
    "postgresql": (
        "DROP TRIGGER IF EXISTS ledger_entries_no_update ON ledger_entries",
        "DROP TRIGGER IF EXISTS ledger_entries_no_delete ON ledger_entries",
        "DROP TRIGGER IF EXISTS ledger_entries_next_only ON ledger_entries",
        "DROP TRIGGER IF EXISTS ledger_head_one_step ON ledger_head",
        "DROP TRIGGER IF EXISTS ledger_head_no_delete ON ledger_head",
        "DROP TRIGGER IF EXISTS ledger_head_only_one ON ledger_head",
        "DROP TRIGGER IF EXISTS ledger_entries_no_truncate ON ledger_entries",
        "DROP TRIGGER IF EXISTS ledger_head_no_truncate ON ledger_head",
        "DROP FUNCTION IF EXISTS ledger_entries_no_update()",
        "DROP FUNCTION IF EXISTS ledger_entries_no_delete()",
        "DROP FUNCTION IF EXISTS ledger_entries_next_only()",
        "DROP FUNCTION IF EXISTS ledger_head_one_step()",
        "DROP FUNCTION IF EXISTS ledger_head_no_delete()",
        "DROP FUNCTION IF EXISTS ledger_head_only_one()",
        "DROP FUNCTION IF EXISTS ledger_entries_no_truncate()",
        "DROP FUNCTION IF EXISTS ledger_head_no_truncate()",
    ),
}


def upgrade() -> None:
    _run(GUARDS)


def downgrade() -> None:
    _run(NO_GUARDS)


def _run(statements: dict[str, tuple[str, ...]]) -> None:
    for statement in statements[op.get_bind().dialect.name]:
        op.execute(sa.text(statement.replace(":", r"\:")))
