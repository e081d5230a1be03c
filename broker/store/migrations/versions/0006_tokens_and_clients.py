"""Software that may ask for tokens, and the tokens it was given"""

import sqlalchemy as sa
from alembic import op

from broker.store.columns import UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_access_tokens()
    _add_clients()
    _add_authorization_codes()
    _add_trusted_issuers()
    _add_dpop_proofs()


def downgrade() -> None:
    _drop("access_tokens")
    op.drop_column("access_requests", "factor_at")
    op.drop_column("access_requests", "factor_method")
    _drop("dpop_proofs")
    _drop("issuer_people", "trusted_issuers")
    _drop("authorization_codes")
    _drop("client_assertions", "client_secrets", "clients")


def _add_clients() -> None:
    op.create_table(
        "clients",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("auth_method", sa.String(length=30), nullable=False),
        sa.Column("redirect_uris", sa.JSON(), nullable=False),
        sa.Column("grant_types", sa.JSON(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("audience", sa.String(length=255), nullable=True),
        sa.Column("dpop_required", sa.Boolean(), nullable=False),
        sa.Column("jwks", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.Column("disabled_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clients")),
    )
    op.create_index(op.f("ix_clients_audience"), "clients", ["audience"])
    op.create_table(
        "client_secrets",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("client_id", sa.String(length=40), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_client_secrets_client_id")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_client_secrets")),
    )
    op.create_index(op.f("ix_client_secrets_client_id"), "client_secrets", ["client_id"])
    op.create_table(
        "client_assertions",
        sa.Column("client_id", sa.String(length=40), nullable=False),
        sa.Column("jti_sha256", sa.String(length=64), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_client_assertions_client_id")),
        sa.PrimaryKeyConstraint("client_id", "jti_sha256", name=op.f("pk_client_assertions")),
    )
    op.create_index("ix_client_assertions_expires_at", "client_assertions", ["expires_at"])


def _add_authorization_codes() -> None:
    op.create_table(
        "authorization_codes",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("client_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("session_id", sa.String(length=40), nullable=False),
        sa.Column("grant_id", sa.String(length=40), nullable=True),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("redirect_uri", sa.String(length=500), nullable=False),
        sa.Column("challenge", sa.String(length=43), nullable=False),
        sa.Column("jkt", sa.String(length=43), nullable=True),
        sa.Column("acr", sa.String(length=100), nullable=True),
        sa.Column("amr", sa.JSON(), nullable=False),
        sa.Column("auth_time", UTCDateTime(), nullable=True),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.Column("jti", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_authorization_codes_client_id")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_authorization_codes")),
        sa.UniqueConstraint("id", name=op.f("uq_authorization_codes_id")),
    )
    for column in ("person_id", "grant_id", "expires_at"):
        op.create_index(op.f(f"ix_authorization_codes_{column}"), "authorization_codes", [column])


def _add_trusted_issuers() -> None:
    op.create_table(
        "trusted_issuers",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("client_id", sa.String(length=40), nullable=False),
        sa.Column("audience", sa.String(length=255), nullable=False),
        sa.Column("jwks_url", sa.String(length=500), nullable=True),
        sa.Column("jwks", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("allow_private", sa.Boolean(), nullable=False),
        sa.Column("person_claim", sa.String(length=60), nullable=False),
        sa.Column("max_age_s", sa.Integer(), nullable=False),
        sa.Column("added_at", UTCDateTime(), nullable=False),
        sa.Column("removed_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_trusted_issuers_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trusted_issuers")),
        sa.UniqueConstraint("issuer", "client_id", name=op.f("uq_trusted_issuers_issuer_client_id")),
    )
    op.create_table(
        "issuer_people",
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("called", sa.String(length=255), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("linked_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_issuer_people_person_id")),
        sa.PrimaryKeyConstraint("issuer", "called", name=op.f("pk_issuer_people")),
    )
    op.create_index(op.f("ix_issuer_people_person_id"), "issuer_people", ["person_id"])


def _add_dpop_proofs() -> None:
    op.create_table(
        "dpop_proofs",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("worthless_from", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_dpop_proofs")),
    )
    op.create_index(op.f("ix_dpop_proofs_worthless_from"), "dpop_proofs", ["worthless_from"])


def _add_access_tokens() -> None:
    op.add_column("access_requests", sa.Column("factor_method", sa.String(length=20), nullable=True))
    op.add_column("access_requests", sa.Column("factor_at", UTCDateTime(), nullable=True))
    op.create_table(
        "access_tokens",
        sa.Column("jti", sa.String(length=40), nullable=False),
        sa.Column("client_id", sa.String(length=40), nullable=False),
        sa.Column("audience", sa.String(length=255), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=True),
        sa.Column("grant_id", sa.String(length=40), nullable=True),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("authorization_details", sa.JSON(), nullable=False),
        sa.Column("acr", sa.String(length=100), nullable=True),
        sa.Column("amr", sa.JSON(), nullable=False),
        sa.Column("auth_time", UTCDateTime(), nullable=True),
        sa.Column("jkt", sa.String(length=64), nullable=True),
        sa.Column("actor", sa.String(length=40), nullable=True),
        sa.Column("issued_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("jti", name=op.f("pk_access_tokens")),
    )
    for columns in (["grant_id", "expires_at"], ["client_id", "expires_at"], ["expires_at"]):
        op.create_index(f"ix_access_tokens_{'_'.join(columns)}", "access_tokens", columns)


def _drop(*tables: str) -> None:
    for table in tables:
        op.drop_table(table)
