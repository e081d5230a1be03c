"""Connected sites, and who and what people and patients are called there."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from broker.store import UTCDateTime, metadata

sites = Table(
    "sites",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("kind", String(30), nullable=False),
    Column("title", String(120), nullable=False),
    Column("base_url", String(500), nullable=False),
    Column("allow_private", Boolean, nullable=False),
    # The last version given to a lease or revocation for this site; only ever grows.
    Column("lease_version", Integer, nullable=False),
    Column("added_at", UTCDateTime, nullable=False),
    Column("retired_at", UTCDateTime),
)

site_accounts = Table(
    "site_accounts",
    metadata,
    Column("site_id", ForeignKey("sites.id"), primary_key=True),
    Column("person_id", String(40), primary_key=True),
    Column("account", String(60), nullable=False),
)

site_patients = Table(
    "site_patients",
    metadata,
    Column("site_id", ForeignKey("sites.id"), primary_key=True),
    Column("patient_id", String(40), primary_key=True),
    Column("site_ref", String(120), nullable=False),
)

# What lets the broker in at a site; each value opens for its own site and name only.
site_secrets = Table(
    "site_secrets",
    metadata,
    Column("site_id", ForeignKey("sites.id"), primary_key=True),
    Column("name", String(60), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("set_at", UTCDateTime, nullable=False),
)

site_options = Table(
    "site_options",
    metadata,
    Column("site_id", ForeignKey("sites.id"), primary_key=True),
    Column("name", String(60), primary_key=True),
    Column("value", String(500), nullable=False),
)

# What the broker must remember in place of a site that cannot.
site_memory = Table(
    "site_memory",
    metadata,
    Column("site_id", ForeignKey("sites.id"), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("written_at", UTCDateTime, nullable=False),
)

# Who of all processes may act on one thing of a site now.
site_claims = Table(
    "site_claims",
    metadata,
    Column("site_id", ForeignKey("sites.id"), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("claimed_by", String(40), nullable=False),
    Column("claimed_until", UTCDateTime, nullable=False),
)

_WHOLE = BigInteger().with_variant(Integer, "sqlite")

# What was last known of each site, and when it is looked at next.
site_watch = Table(
    "site_watch",
    metadata,
    Column("site_id", ForeignKey("sites.id"), primary_key=True),
    # Also the claim: whoever looks first moves this on.
    Column("next_look_at", UTCDateTime, nullable=False),
    # When the newest answer that was taken into account was asked for.
    Column("looked_at", UTCDateTime),
    Column("failures", Integer, nullable=False),
    Column("fault", Text),
    # The highest version the site itself said it was told of.
    Column("mark", _WHOLE, nullable=False),
    # Where the site's chain of events was verified up to.
    Column("event_seq", _WHOLE, nullable=False),
    Column("event_hash", String(64), nullable=False),
    # The digest of the standing rule the site took last; empty while there is none.
    Column("protection", String(64), nullable=False),
    Column("companion", String(64), nullable=False),
    # What each account that matters may do by itself, where the site tells of no changes.
    Column("standing", JSON),
)
