"""Connected sites, and who and what people and patients are called there."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, LargeBinary, String, Table

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
