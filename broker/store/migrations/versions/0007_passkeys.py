"""Passkeys, and factors that were lost"""

import sqlalchemy as sa
from alembic import op

from broker.store.columns import UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "passkeys",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("credential_digest", sa.String(length=64), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("sign_count", _WHOLE, nullable=False),
        sa.Column("transports", sa.JSON(), nullable=False),
        sa.Column("aaguid", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("backed_up", sa.Boolean(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("last_used_at", UTCDateTime(), nullable=True),
        sa.Column("removed_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_passkeys_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_digest", name=op.f("uq_passkeys_credential_digest")),
    )
    op.create_index("ix_passkeys_person_id_removed_at", "passkeys", ["person_id", "removed_at"])
    op.create_table(
        "used_challenges",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_used_challenges")),
    )
    op.create_index(op.f("ix_used_challenges_used_at"), "used_challenges", ["used_at"])
    op.create_table(
        "factor_resets",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("device", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("lapses_at", UTCDateTime(), nullable=False),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.String(length=40), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("open_until", UTCDateTime(), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_factor_resets_person_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_factor_resets_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor_resets")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_factor_resets_token_digest")),
    )
    op.create_index("ix_factor_resets_state_lapses_at", "factor_resets", ["state", "lapses_at"])
    op.create_index("ix_factor_resets_person_id_state", "factor_resets", ["person_id", "state"])


def downgrade() -> None:
    for table in ("factor_resets", "used_challenges", "passkeys"):
        op.drop_table(table)
