"""People, how they prove who they are, where they are signed in, and failed tries."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from broker.store import UTCDateTime, metadata

people = Table(
    "people",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("email", String(254), nullable=False),
    # What makes two spellings of one mailbox the same identity: see email_key.py.
    Column("email_key", String(254), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("added_at", UTCDateTime, nullable=False),
    Column("disabled_at", UTCDateTime),
)

person_roles = Table(
    "person_roles",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("role", String(20), primary_key=True, index=True),
)

passwords = Table(
    "passwords",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("hash", String(255), nullable=False),
    Column("changed_at", UTCDateTime, nullable=False),
    # Of a password that an operator chose: from then on it opens nothing.
    Column("good_until", UTCDateTime),
)

totp_factors = Table(
    "totp_factors",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    # Sealed secret in use; NULL until a first enrolment was confirmed.
    Column("sealed", LargeBinary),
    Column("enrolled_at", UTCDateTime),
    # The latest time step a code was accepted for: no code of this step or an earlier one works again.
    Column("last_step", BigInteger, nullable=False, default=0),
    # A new secret waits here until a code from it was typed; the old one works until then.
    Column("pending", LargeBinary),
    Column("pending_at", UTCDateTime),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("made_at", UTCDateTime, nullable=False),
    Column("used_at", UTCDateTime),
)

sessions = Table(
    "sessions",
    metadata,
    # The id names a session on pages and in the ledger; only the token opens it.
    Column("id", String(40), primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("token_digest", String(64), nullable=False, unique=True),
    Column("begun_at", UTCDateTime, nullable=False),
    Column("last_seen_at", UTCDateTime, nullable=False),
    Column("mfa_at", UTCDateTime),
    Column("mfa_method", String(20)),
    Column("ended_at", UTCDateTime),
    Column("device", String(120), nullable=False),
    Column("source", String(64), nullable=False),
    Index("ix_sessions_person_id_ended_at", "person_id", "ended_at"),
)

failed_tries = Table(
    "failed_tries",
    metadata,
    Column("kind", String(20), primary_key=True),
    # A person's id, or the keyed digest of whatever was typed as an email.
    Column("account", String(64), primary_key=True),
    # Empty for the count over all sources the account has never signed in from.
    Column("source", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", UTCDateTime, nullable=False, index=True),
    Column("locked_until", UTCDateTime),
)

# Tries in one hour on accounts that nobody has.
nobodys_tries = Table(
    "nobodys_tries",
    metadata,
    Column("hour", UTCDateTime, primary_key=True),
    Column("written", Integer, nullable=False),
    Column("counted", Integer, nullable=False),
    Column("told_at", UTCDateTime),
)

known_sources = Table(
    "known_sources",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("source", String(64), primary_key=True),
    Column("last_at", UTCDateTime, nullable=False),
)
