"""Saved views of the history, and what its new filters are answered by"""

import sqlalchemy as sa
from alembic import op

from broker.store.columns import UTCDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

INDICES = {
    "ix_access_requests_reason": ("access_requests", ["reason"]),
    "ix_access_requests_purpose": ("access_requests", ["purpose"]),
    "ix_approvals_approver_id": ("approvals", ["approver_id", "request_id"]),
    "ix_reviews_outcome": ("reviews", ["outcome", "grant_id"]),
    "ix_grants_entitlement_issued_at": ("grants", ["entitlement", "issued_at", "id"]),
}


def upgrade() -> None:
    op.create_table(
        "history_views",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("owner_id", sa.String(40), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("name_key", sa.String(60), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("kept_at", UTCDateTime(), nullable=False),
        sa.UniqueConstraint("owner_id", "name_key", name="uq_history_views_owner_id_name_key"),
    )
    op.create_index("ix_history_views_shared", "history_views", ["shared"])
    for name, (table, columns) in INDICES.items():
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, (table, _) in INDICES.items():
        op.drop_index(name, table)
    op.drop_table("history_views")
