"""Assignment, second opinions and reopening of reviews; the block that was overridden; what looks odd"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from broker.store.columns import UTCDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def _of_reviews() -> list[sa.Column[Any]]:
    return [
        sa.Column("state", sa.String(length=20), server_default="open", nullable=False),
        sa.Column("turn", sa.Integer(), server_default="0", nullable=False),
        sa.Column("assigned_to", sa.String(length=40), nullable=True),
        sa.Column("assigned_at", UTCDateTime(), nullable=True),
        sa.Column("first_outcome", sa.String(length=20), nullable=True),
        sa.Column("first_by", sa.String(length=40), nullable=True),
        sa.Column("first_at", UTCDateTime(), nullable=True),
    ]


def upgrade() -> None:
    for column in _of_reviews():
        op.add_column("reviews", column)
    op.execute("UPDATE reviews SET state = 'signed', turn = 1 WHERE signed_at IS NOT NULL")
    op.create_index("ix_reviews_assigned_to_signed_at", "reviews", ["assigned_to", "signed_at", "due_at"])
    op.add_column(
        "access_requests",
        sa.Column("overrides_block", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    _create_oddities()


def _create_oddities() -> None:
    op.create_table(
        "oddities",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("signal", sa.String(length=30), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("other_id", sa.String(length=40), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("found_at", UTCDateTime(), nullable=False),
        sa.Column("newest_at", UTCDateTime(), nullable=False),
        sa.Column("looked_at", UTCDateTime(), nullable=True),
        sa.Column("looked_by", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oddities")),
        sa.UniqueConstraint(
            "signal", "person_id", "other_id", name=op.f("uq_oddities_signal_person_id_other_id")
        ),
    )
    op.create_index("ix_oddities_looked_at_newest_at", "oddities", ["looked_at", "newest_at"])
    op.create_table(
        "kin_marks",
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("about", "kind", "mark", name=op.f("pk_kin_marks")),
    )
    op.create_index("ix_kin_marks_mark", "kin_marks", ["mark"])


def downgrade() -> None:
    op.drop_table("kin_marks")
    op.drop_table("oddities")
    # Not in a batch, which would copy a table that others point at.
    op.drop_column("access_requests", "overrides_block")
    op.drop_index("ix_reviews_assigned_to_signed_at", table_name="reviews")
    for column in _of_reviews():
        op.drop_column("reviews", column.name)
