"""What is known of each site, where one differs from the records, and orders that freeze accounts"""

import sqlalchemy as sa
from alembic import op

from broker.store.columns import UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "site_watch",
        sa.Column("site_id", sa.String(length=60), nullable=False),
        sa.Column("next_look_at", UTCDateTime(), nullable=False),
        sa.Column("looked_at", UTCDateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("mark", _WHOLE, nullable=False),
        sa.Column("event_seq", _WHOLE, nullable=False),
        sa.Column("event_hash", sa.String(length=64), nullable=False),
        sa.Column("protection", sa.String(length=64), nullable=False),
        sa.Column("companion", sa.String(length=64), nullable=False),
        sa.Column("standing", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_site_watch_site_id")),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_site_watch")),
    )
    op.execute(
        "INSERT INTO site_watch "
        "(site_id, next_look_at, failures, mark, event_seq, event_hash, protection, companion) "
        "SELECT id, added_at, 0, 0, 0, "
        "'0000000000000000000000000000000000000000000000000000000000000000', '', '' FROM sites"
    )
    op.create_table(
        "drifts",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("site_id", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("grant_id", sa.String(length=40), nullable=True),
        sa.Column("found_at", UTCDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_drifts_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drifts")),
        sa.UniqueConstraint("site_id", "kind", "subject", name=op.f("uq_drifts_site_id_kind_subject")),
    )
    op.create_table(
        "containment_orders",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("site_id", sa.String(length=60), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("spare", sa.JSON(), nullable=False),
        sa.Column("actions", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("ordered_by", sa.String(length=40), nullable=False),
        sa.Column("ordered_at", UTCDateTime(), nullable=False),
        sa.Column("settled_at", UTCDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UTCDateTime(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_containment_orders_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_containment_orders")),
    )
    op.create_index(
        "ix_containment_orders_site_id_version", "containment_orders", ["site_id", "version"], unique=True
    )
    op.create_index("ix_containment_orders_state_next_try_at", "containment_orders", ["state", "next_try_at"])


def downgrade() -> None:
    for table in ("containment_orders", "drifts", "site_watch"):
        op.drop_table(table)
