"""The keys that sign tokens and links, wrapped by a key this database does not hold."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, LargeBinary, String, Table, text

from broker.store import UTCDateTime, metadata

token_keys = Table(
    "token_keys",
    metadata,
    Column("kid", String(64), primary_key=True),
    Column("use", String(10), nullable=False),
    Column("alg", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("made_at", UTCDateTime, nullable=False),
    Column("current_from", UTCDateTime, nullable=False),
    Column("old_since", UTCDateTime),
    Column("withdraw_at", UTCDateTime),
    Column("wrapped_by", String(64), nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("public_jwk", JSON(none_as_null=True)),
    # Made with a key outside this database: an edited row, and a row somebody added, are not believed.
    Column("stamp", LargeBinary, nullable=False),
)

# Of several processes that rotate at once, the database lets one be right.
for _state in ("current", "next"):
    _only = text(f"state = '{_state}'")
    Index(
        f"ix_token_keys_one_{_state}",
        token_keys.c.use,
        unique=True,
        sqlite_where=_only,
        postgresql_where=_only,
    )
