"""People a provider vouches for, and the sessions it began"""

import sqlalchemy as sa
from alembic import op

from broker.store.columns import UTCDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sso_identities",
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("linked_at", UTCDateTime(), nullable=False),
        sa.Column("last_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sso_identities_person_id")),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_sso_identities")),
        sa.UniqueConstraint("issuer", "person_id", name=op.f("uq_sso_identities_issuer_person_id")),
    )
    op.create_table(
        "sso_sessions",
        sa.Column("session_id", sa.String(length=40), nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("sid", sa.String(length=255), nullable=False),
        sa.Column("id_token", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_sso_sessions_session_id")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_sso_sessions")),
    )
    op.create_index("ix_sso_sessions_issuer_subject_sid", "sso_sessions", ["issuer", "subject", "sid"])
    op.create_index("ix_sso_sessions_issuer_sid", "sso_sessions", ["issuer", "sid"])
    op.create_table(
        "sso_logouts",
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("jti", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("sid", sa.String(length=255), nullable=False),
        sa.Column("ordered_at", UTCDateTime(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("issuer", "jti", name=op.f("pk_sso_logouts")),
    )
    op.create_index("ix_sso_logouts_issuer_sid", "sso_logouts", ["issuer", "sid"])
    op.create_index("ix_sso_logouts_issuer_subject", "sso_logouts", ["issuer", "subject"])
    op.create_index(op.f("ix_sso_logouts_received_at"), "sso_logouts", ["received_at"])


def downgrade() -> None:
    for table in ("sso_logouts", "sso_sessions", "sso_identities"):
        op.drop_table(table)
