"""The keys tokens and links are signed by"""

import sqlalchemy as sa
from alembic import op

from broker.store.columns import UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "token_keys",
        sa.Column("kid", sa.String(length=64), nullable=False),
        sa.Column("use", sa.String(length=10), nullable=False),
        sa.Column("alg", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("current_from", UTCDateTime(), nullable=False),
        sa.Column("old_since", UTCDateTime(), nullable=True),
        sa.Column("withdraw_at", UTCDateTime(), nullable=True),
        sa.Column("wrapped_by", sa.String(length=64), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("public_jwk", sa.JSON(), nullable=True),
        sa.Column("stamp", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_token_keys")),
    )
    for state in ("current", "next"):
        only = sa.text(f"state = '{state}'")
        op.create_index(
            f"ix_token_keys_one_{state}",
            "token_keys",
            ["use"],
            unique=True,
            sqlite_where=only,
            postgresql_where=only,
        )


def downgrade() -> None:
    op.drop_table("token_keys")
