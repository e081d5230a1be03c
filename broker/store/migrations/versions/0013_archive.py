"""What was archived where"""

import sqlalchemy as sa
from alembic import op

from broker.store.columns import UTCDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "archives",
        sa.Column("place", sa.String(length=20), nullable=False),
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.Column("size", _WHOLE, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("last_at", sa.String(length=27), nullable=False),
        sa.Column("subtrees", sa.JSON(), nullable=False),
        sa.Column("planned_size", _WHOLE, nullable=True),
        sa.Column("vouched_size", _WHOLE, nullable=False),
        sa.Column("stamped_size", _WHOLE, nullable=False),
        sa.Column("archived_at", UTCDateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UTCDateTime(), nullable=True),
        sa.Column("fault", sa.String(length=500), nullable=True),
        sa.Column("stamp_fault", sa.String(length=500), nullable=True),
        sa.Column("contradicted_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("place", "key_id", name=op.f("pk_archives")),
    )


def downgrade() -> None:
    op.drop_table("archives")
