"""Hashes of complete stretches of the ledger, so that a proof need not read all of it; guarded like the entries"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_GUARDS = {
    "sqlite": [
        "CREATE TRIGGER ledger_subtrees_no_update BEFORE UPDATE ON ledger_subtrees BEGIN SELECT RAISE(ABORT, 'the ledger is append-only; what is written stays'); END",
        "CREATE TRIGGER ledger_subtrees_no_delete BEFORE DELETE ON ledger_subtrees BEGIN SELECT RAISE(ABORT, 'the ledger is append-only; what is written stays'); END",
        "CREATE TRIGGER ledger_subtrees_next_only BEFORE INSERT ON ledger_subtrees WHEN NOT (NEW.place = (SELECT COALESCE(MAX(place) + 1, 0) FROM ledger_subtrees WHERE level = NEW.level)) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only; only the next entry can be added'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION ledger_subtrees_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'the ledger is append-only; what is written stays'; END $$",
        "CREATE TRIGGER ledger_subtrees_no_update BEFORE UPDATE ON ledger_subtrees FOR EACH ROW EXECUTE FUNCTION ledger_subtrees_no_update()",
        "CREATE OR REPLACE FUNCTION ledger_subtrees_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'the ledger is append-only; what is written stays'; END $$",
        "CREATE TRIGGER ledger_subtrees_no_delete BEFORE DELETE ON ledger_subtrees FOR EACH ROW EXECUTE FUNCTION ledger_subtrees_no_delete()",
        "CREATE OR REPLACE FUNCTION ledger_subtrees_next_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.place = (SELECT COALESCE(MAX(place) + 1, 0) FROM ledger_subtrees WHERE level = NEW.level) THEN RETURN NEW; END IF; RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'the ledger is append-only; only the next entry can be added'; END $$",
        "CREATE TRIGGER ledger_subtrees_next_only BEFORE INSERT ON ledger_subtrees FOR EACH ROW EXECUTE FUNCTION ledger_subtrees_next_only()",
        "CREATE OR REPLACE FUNCTION ledger_subtrees_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'the ledger is append-only; what is written stays'; END $$",
        "CREATE TRIGGER ledger_subtrees_no_truncate BEFORE TRUNCATE ON ledger_subtrees FOR EACH STATEMENT EXECUTE FUNCTION ledger_subtrees_no_truncate()",
    ],
}
_FUNCTIONS = [
    "ledger_subtrees_no_update",
    "ledger_subtrees_no_delete",
    "ledger_subtrees_next_only",
    "ledger_subtrees_no_truncate",
]


def upgrade() -> None:
    op.create_table(
        "ledger_subtrees",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "place", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("level", "place", name=op.f("pk_ledger_subtrees")),
    )
    for statement in _GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("ledger_subtrees")
    if op.get_bind().dialect.name == "postgresql":
        for function in _FUNCTIONS:
            op.execute(f"DROP FUNCTION {function}()")
