"""Free text and the key of each; a row without its key is a note that was erased."""

from sqlalchemy import Column, Index, LargeBinary, String, Table, Text

from broker.store import UTCDateTime, metadata

notes = Table(
    "notes",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("request_id", String(40), nullable=False),
    Column("grant_id", String(40)),
    Column("author_id", String(40), nullable=False),
    Column("written_at", UTCDateTime, nullable=False),
    # The same bytes as in the ledger's entry; a note of an earlier version is here alone.
    Column("sealed", LargeBinary),
    # The note's own key, closed with the broker's. Gone once the note is erased.
    Column("wrapped", LargeBinary),
    # Text of an earlier version, until the next start seals it.
    Column("plain", Text),
    Column("erased_at", UTCDateTime),
    Index("ix_notes_request_id", "request_id", "kind"),
    Index("ix_notes_grant_id", "grant_id", "kind"),
    # What is due to be erased is the oldest that is not.
    Index("ix_notes_erased_at", "erased_at", "written_at", "id"),
)
# Asked at every start, and empty but for the first one after an upgrade.
Index(
    "ix_notes_plain",
    notes.c.id,
    sqlite_where=notes.c.plain.is_not(None),
    postgresql_where=notes.c.plain.is_not(None),
)
