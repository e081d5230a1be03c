"""What software asked twice is answered once"""

import sqlalchemy as sa
from alembic import op

from broker.store.columns import UTCDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_answers",
        sa.Column("caller", sa.String(length=100), nullable=False),
        sa.Column("key_digest", sa.String(length=64), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("caller", "key_digest", name=op.f("pk_kept_answers")),
    )
    op.create_index(op.f("ix_kept_answers_asked_at"), "kept_answers", ["asked_at"])
    op.create_index("ix_access_requests_asked_at", "access_requests", ["asked_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_access_requests_asked_at", table_name="access_requests")
    op.drop_index(op.f("ix_kept_answers_asked_at"), table_name="kept_answers")
    op.drop_table("kept_answers")
