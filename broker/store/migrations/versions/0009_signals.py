"""Who is told when access ends, and what they were told; tries on accounts nobody has"""

import sqlalchemy as sa
from alembic import op

from broker.store.columns import UTCDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "receivers",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("audience", sa.String(length=300), nullable=False),
        sa.Column("concerned_with", sa.String(length=300), nullable=False),
        sa.Column("authorization", sa.LargeBinary(), nullable=True),
        sa.Column("allow_private", sa.Boolean(), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.Column("removed_at", UTCDateTime(), nullable=True),
        sa.Column("heard_seq", _WHOLE, nullable=False),
        sa.Column("claimed_until", UTCDateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UTCDateTime(), nullable=False),
        sa.Column("delivered_at", UTCDateTime(), nullable=True),
        sa.Column("fault", sa.String(length=300), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receivers")),
    )
    op.create_table(
        "signal_outbox",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("receiver_id", sa.String(length=40), nullable=False),
        sa.Column("ledger_seq", _WHOLE, nullable=False),
        sa.Column("event", sa.String(length=30), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("grant_id", sa.String(length=40), nullable=True),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("next_try_at", UTCDateTime(), nullable=False),
        sa.Column("gives_up_at", UTCDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.Column("dead_at", UTCDateTime(), nullable=True),
        sa.Column("last_fault", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["receiver_id"], ["receivers.id"], name=op.f("fk_signal_outbox_receiver_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal_outbox")),
        sa.UniqueConstraint(
            "receiver_id",
            "ledger_seq",
            "event",
            "subject",
            name=op.f("uq_signal_outbox_receiver_id_ledger_seq_event_subject"),
        ),
    )
    op.create_index(
        "ix_signal_outbox_sent_at_dead_at_receiver_id",
        "signal_outbox",
        ["sent_at", "dead_at", "receiver_id"],
    )
    op.create_table(
        "nobodys_tries",
        sa.Column("hour", UTCDateTime(), nullable=False),
        sa.Column("written", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("told_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("hour", name=op.f("pk_nobodys_tries")),
    )


def downgrade() -> None:
    for table in ("nobodys_tries", "signal_outbox", "receivers"):
        op.drop_table(table)
