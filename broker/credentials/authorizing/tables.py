"""Authorization codes, kept past their use so that a second use is noticed."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, String, Table

from broker.store import UTCDateTime, metadata

authorization_codes = Table(
    "authorization_codes",
    metadata,
    # The code itself is nowhere.
    Column("sha256", String(64), primary_key=True),
    Column("id", String(40), nullable=False, unique=True),
    Column("client_id", ForeignKey("clients.id"), nullable=False),
    Column("person_id", String(40), nullable=False, index=True),
    # The session it was allowed in: when that ends before the code is used, the code is dead.
    Column("session_id", String(40), nullable=False),
    # Set where one grant was chosen; otherwise scopes of the API.
    Column("grant_id", String(40), index=True),
    Column("scopes", JSON, nullable=False),
    Column("redirect_uri", String(500), nullable=False),
    Column("challenge", String(43), nullable=False),
    # The key the code was asked for with (RFC 9449, section 10).
    Column("jkt", String(43)),
    Column("acr", String(100)),
    Column("amr", JSON, nullable=False),
    Column("auth_time", UTCDateTime),
    Column("made_at", UTCDateTime, nullable=False),
    Column("expires_at", UTCDateTime, nullable=False, index=True),
    Column("used_at", UTCDateTime),
    # The token it was exchanged for.
    Column("jti", String(64)),
)
