"""People a provider vouches for, the sessions it began, and the sign-outs it ordered."""

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Table, UniqueConstraint

from broker.store import UTCDateTime, metadata

sso_identities = Table(
    "sso_identities",
    metadata,
    Column("issuer", String(255), primary_key=True),
    Column("subject", String(255), primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("linked_at", UTCDateTime, nullable=False),
    Column("last_at", UTCDateTime),
    # One sign-in of a provider for one person: an address given to a new colleague is not the old one's account.
    UniqueConstraint("issuer", "person_id"),
)

sso_sessions = Table(
    "sso_sessions",
    metadata,
    Column("session_id", ForeignKey("sessions.id"), primary_key=True),
    Column("issuer", String(255), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("sid", String(255), nullable=False),
    # Sealed; shown to the provider alone, so that signing out there asks no question.
    Column("id_token", LargeBinary),
    Index("ix_sso_sessions_issuer_subject_sid", "issuer", "subject", "sid"),
    Index("ix_sso_sessions_issuer_sid", "issuer", "sid"),
)

sso_logouts = Table(
    "sso_logouts",
    metadata,
    Column("issuer", String(255), primary_key=True),
    Column("jti", String(255), primary_key=True),
    Column("subject", String(255), nullable=False),
    Column("sid", String(255), nullable=False),
    Column("ordered_at", UTCDateTime, nullable=False),
    Column("received_at", UTCDateTime, nullable=False, index=True),
    Index("ix_sso_logouts_issuer_sid", "issuer", "sid"),
    Index("ix_sso_logouts_issuer_subject", "issuer", "subject"),
)
