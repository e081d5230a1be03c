"""What the broker needs to enter a site, and what it remembers in the site's place"""

import sqlalchemy as sa
from alembic import op

from broker.store.columns import UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "site_secrets",
        sa.Column("site_id", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("set_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_site_secrets_site_id")),
        sa.PrimaryKeyConstraint("site_id", "name", name=op.f("pk_site_secrets")),
    )
    op.create_table(
        "site_options",
        sa.Column("site_id", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_site_options_site_id")),
        sa.PrimaryKeyConstraint("site_id", "name", name=op.f("pk_site_options")),
    )
    op.create_table(
        "site_memory",
        sa.Column("site_id", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_site_memory_site_id")),
        sa.PrimaryKeyConstraint("site_id", "key", name=op.f("pk_site_memory")),
    )
    op.create_table(
        "site_claims",
        sa.Column("site_id", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("claimed_by", sa.String(length=40), nullable=False),
        sa.Column("claimed_until", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_site_claims_site_id")),
        sa.PrimaryKeyConstraint("site_id", "key", name=op.f("pk_site_claims")),
    )


def downgrade() -> None:
    for table in ("site_claims", "site_memory", "site_options", "site_secrets"):
        op.drop_table(table)
