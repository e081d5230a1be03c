"""The first schema"""

import sqlalchemy as sa
from alembic import op

from broker.store.columns import UTCDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_requests",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("submission", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("patient_id", sa.String(length=40), nullable=False),
        sa.Column("entitlement", sa.String(length=60), nullable=False),
        sa.Column("path", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("duration_s", sa.Integer(), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("site_id", sa.String(length=60), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("approvals_needed", sa.Integer(), nullable=False),
        sa.Column("approver_roles", sa.JSON(), nullable=False),
        sa.Column("policy_digest", sa.String(length=64), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("lapses_at", UTCDateTime(), nullable=False),
        sa.Column("break_glass_after", UTCDateTime(), nullable=True),
        sa.Column("review_within_s", sa.Integer(), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("extends_grant", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_requests")),
        sa.UniqueConstraint("person_id", "submission", name=op.f("uq_access_requests_person_id_submission")),
    )
    with op.batch_alter_table("access_requests", schema=None) as batch_op:
        batch_op.create_index(
            "ix_access_requests_person_id_asked_at", ["person_id", "asked_at"], unique=False
        )
        batch_op.create_index("ix_access_requests_state_lapses_at", ["state", "lapses_at"], unique=False)

    op.create_table(
        "failed_tries",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", UTCDateTime(), nullable=False),
        sa.Column("locked_until", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("kind", "account", "source", name=op.f("pk_failed_tries")),
    )
    with op.batch_alter_table("failed_tries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_failed_tries_last_at"), ["last_at"], unique=False)

    op.create_table(
        "high_water",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_high_water")),
    )
    op.create_table(
        "ledger_entries",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.String(length=200), nullable=False),
        sa.Column("request_id", sa.String(length=200), nullable=True),
        sa.Column("grant_id", sa.String(length=200), nullable=True),
        sa.Column("subject_id", sa.String(length=200), nullable=True),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_ledger_entries")),
    )
    with op.batch_alter_table("ledger_entries", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_entries_at", ["at"], unique=False)
        batch_op.create_index("ix_ledger_entries_event", ["event", "at"], unique=False)
        batch_op.create_index("ix_ledger_entries_grant_id", ["grant_id", "seq"], unique=False)
        batch_op.create_index("ix_ledger_entries_request_id", ["request_id", "seq"], unique=False)
        batch_op.create_index("ix_ledger_entries_subject_id", ["subject_id", "seq"], unique=False)

    op.create_table(
        "patients",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("clinic_ref", sa.String(length=64), nullable=False),
        sa.Column("compartment", sa.String(length=40), server_default="general", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patients")),
        sa.UniqueConstraint("clinic_ref", name=op.f("uq_patients_clinic_ref")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.Column("disabled_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email_key", name=op.f("uq_people_email_key")),
    )
    op.create_table(
        "sites",
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("base_url", sa.String(length=500), nullable=False),
        sa.Column("allow_private", sa.Boolean(), nullable=False),
        sa.Column("lease_version", sa.Integer(), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.Column("retired_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
    )
    op.create_table(
        "approvals",
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.Column("approver_id", sa.String(length=40), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["access_requests.id"], name=op.f("fk_approvals_request_id")),
        sa.PrimaryKeyConstraint("request_id", "approver_id", name=op.f("pk_approvals")),
    )
    op.create_table(
        "grants",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("patient_id", sa.String(length=40), nullable=False),
        sa.Column("entitlement", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("site_id", sa.String(length=60), nullable=True),
        sa.Column("account", sa.String(length=60), nullable=True),
        sa.Column("lease_version", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("issued_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("active_at", UTCDateTime(), nullable=True),
        sa.Column("revoking_at", UTCDateTime(), nullable=True),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.Column("cause", sa.String(length=30), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UTCDateTime(), nullable=True),
        sa.Column("unconfirmed_at", UTCDateTime(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("extends_grant", sa.String(length=40), nullable=True),
        sa.Column("family_began_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["access_requests.id"], name=op.f("fk_grants_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
        sa.UniqueConstraint("request_id", name=op.f("uq_grants_request_id")),
    )
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.create_index("ix_grants_issued_at", ["issued_at", "id"], unique=False)
        batch_op.create_index(
            "ix_grants_patient_id_issued_at", ["patient_id", "issued_at", "id"], unique=False
        )
        batch_op.create_index("ix_grants_person_id_issued_at", ["person_id", "issued_at", "id"], unique=False)
        batch_op.create_index("ix_grants_site_id_issued_at", ["site_id", "issued_at", "id"], unique=False)
        batch_op.create_index(
            "ix_grants_site_id_state_issued_at", ["site_id", "state", "issued_at", "id"], unique=False
        )
        batch_op.create_index("ix_grants_state_expires_at", ["state", "expires_at"], unique=False)
        batch_op.create_index("ix_grants_state_issued_at", ["state", "issued_at", "id"], unique=False)
        batch_op.create_index("ix_grants_state_next_try_at", ["state", "next_try_at"], unique=False)

    op.create_table(
        "holdings",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("patient_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_holdings_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holdings")),
    )
    with op.batch_alter_table("holdings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_holdings_patient_id"), ["patient_id"], unique=False)

    op.create_table(
        "known_sources",
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("last_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_known_sources_person_id")),
        sa.PrimaryKeyConstraint("person_id", "source", name=op.f("pk_known_sources")),
    )
    op.create_table(
        "ledger_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_ledger_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_head")),
    )
    op.create_table(
        "links",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("grant_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("holding_id", sa.String(length=40), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("exchanged_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
    )
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_links_grant_id"), ["grant_id"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("ledger_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recipient_id", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body_text", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("next_try_at", UTCDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.Column("dead_at", UTCDateTime(), nullable=True),
        sa.Column("last_fault", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["recipient_id"], ["people.id"], name=op.f("fk_outbox_recipient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "ledger_seq", "recipient_id", "channel", name=op.f("uq_outbox_ledger_seq_recipient_id_channel")
        ),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_sent_at_dead_at_next_try_at", ["sent_at", "dead_at", "next_try_at"], unique=False
        )

    op.create_table(
        "passwords",
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("hash", sa.String(length=255), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_passwords_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_passwords")),
    )
    op.create_table(
        "person_roles",
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_person_roles_person_id")),
        sa.PrimaryKeyConstraint("person_id", "role", name=op.f("pk_person_roles")),
    )
    with op.batch_alter_table("person_roles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_roles_role"), ["role"], unique=False)

    op.create_table(
        "recovery_codes",
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_recovery_codes_person_id")),
        sa.PrimaryKeyConstraint("person_id", "digest", name=op.f("pk_recovery_codes")),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("begun_at", UTCDateTime(), nullable=False),
        sa.Column("last_seen_at", UTCDateTime(), nullable=False),
        sa.Column("mfa_at", UTCDateTime(), nullable=True),
        sa.Column("mfa_method", sa.String(length=20), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("device", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sessions_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_sessions_token_digest")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index("ix_sessions_person_id_ended_at", ["person_id", "ended_at"], unique=False)

    op.create_table(
        "site_accounts",
        sa.Column("site_id", sa.String(length=60), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_site_accounts_site_id")),
        sa.PrimaryKeyConstraint("site_id", "person_id", name=op.f("pk_site_accounts")),
    )
    op.create_table(
        "site_patients",
        sa.Column("site_id", sa.String(length=60), nullable=False),
        sa.Column("patient_id", sa.String(length=40), nullable=False),
        sa.Column("site_ref", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_site_patients_site_id")),
        sa.PrimaryKeyConstraint("site_id", "patient_id", name=op.f("pk_site_patients")),
    )
    op.create_table(
        "totp_factors",
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("enrolled_at", UTCDateTime(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("pending", sa.LargeBinary(), nullable=True),
        sa.Column("pending_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_totp_factors_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_totp_factors")),
    )
    op.create_table(
        "reviews",
        sa.Column("grant_id", sa.String(length=40), nullable=False),
        sa.Column("holder_id", sa.String(length=40), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("overdue_told_at", UTCDateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("signed_by", sa.String(length=40), nullable=True),
        sa.Column("signed_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["grant_id"], ["grants.id"], name=op.f("fk_reviews_grant_id")),
        sa.PrimaryKeyConstraint("grant_id", name=op.f("pk_reviews")),
    )
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.create_index("ix_reviews_holder_id_signed_at", ["holder_id", "signed_at"], unique=False)
        batch_op.create_index("ix_reviews_signed_at_due_at", ["signed_at", "due_at"], unique=False)

    op.create_table(
        "vault_objects",
        sa.Column("holding_id", sa.String(length=40), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("header_sha256", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["holding_id"], ["holdings.id"], name=op.f("fk_vault_objects_holding_id")),
        sa.PrimaryKeyConstraint("holding_id", name=op.f("pk_vault_objects")),
    )
    with op.batch_alter_table("vault_objects", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vault_objects_key_id"), ["key_id"], unique=False)

    op.create_table(
        "viewings",
        sa.Column("secret_sha256", sa.String(length=64), nullable=False),
        sa.Column("link_id", sa.String(length=40), nullable=False),
        sa.Column("grant_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("holding_id", sa.String(length=40), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["links.id"], name=op.f("fk_viewings_link_id")),
        sa.PrimaryKeyConstraint("secret_sha256", name=op.f("pk_viewings")),
        sa.UniqueConstraint("link_id", name=op.f("uq_viewings_link_id")),
    )
    with op.batch_alter_table("viewings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_viewings_grant_id"), ["grant_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("viewings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_viewings_grant_id"))

    op.drop_table("viewings")
    with op.batch_alter_table("vault_objects", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_vault_objects_key_id"))

    op.drop_table("vault_objects")
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.drop_index("ix_reviews_signed_at_due_at")
        batch_op.drop_index("ix_reviews_holder_id_signed_at")

    op.drop_table("reviews")
    op.drop_table("totp_factors")
    op.drop_table("site_patients")
    op.drop_table("site_accounts")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index("ix_sessions_person_id_ended_at")

    op.drop_table("sessions")
    op.drop_table("recovery_codes")
    with op.batch_alter_table("person_roles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_roles_role"))

    op.drop_table("person_roles")
    op.drop_table("passwords")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_sent_at_dead_at_next_try_at")

    op.drop_table("outbox")
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_links_grant_id"))

    op.drop_table("links")
    op.drop_table("ledger_head")
    op.drop_table("known_sources")
    with op.batch_alter_table("holdings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_holdings_patient_id"))

    op.drop_table("holdings")
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.drop_index("ix_grants_state_next_try_at")
        batch_op.drop_index("ix_grants_state_issued_at")
        batch_op.drop_index("ix_grants_state_expires_at")
        batch_op.drop_index("ix_grants_site_id_state_issued_at")
        batch_op.drop_index("ix_grants_site_id_issued_at")
        batch_op.drop_index("ix_grants_person_id_issued_at")
        batch_op.drop_index("ix_grants_patient_id_issued_at")
        batch_op.drop_index("ix_grants_issued_at")

    op.drop_table("grants")
    op.drop_table("approvals")
    op.drop_table("sites")
    op.drop_table("people")
    op.drop_table("patients")
    with op.batch_alter_table("ledger_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_ledger_entries_subject_id")
        batch_op.drop_index("ix_ledger_entries_request_id")
        batch_op.drop_index("ix_ledger_entries_grant_id")
        batch_op.drop_index("ix_ledger_entries_event")
        batch_op.drop_index("ix_ledger_entries_at")

    op.drop_table("ledger_entries")
    op.drop_table("high_water")
    with op.batch_alter_table("failed_tries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_failed_tries_last_at"))

    op.drop_table("failed_tries")
    with op.batch_alter_table("access_requests", schema=None) as batch_op:
        batch_op.drop_index("ix_access_requests_state_lapses_at")
        batch_op.drop_index("ix_access_requests_person_id_asked_at")

    op.drop_table("access_requests")
