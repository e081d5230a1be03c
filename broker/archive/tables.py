"""How far each archive has come, and how it fares."""

from sqlalchemy import JSON, BigInteger, Column, Integer, String, Table

from broker.store import UTCDateTime, metadata

_SEQ = BigInteger().with_variant(Integer, "sqlite")

archives = Table(
    "archives",
    metadata,
    Column("place", String(20), primary_key=True),
    # The ledger's key: another ledger begins its archive anew.
    Column("key_id", String(8), primary_key=True),
    Column("size", _SEQ, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("last_at", String(27), nullable=False),
    Column("subtrees", JSON, nullable=False),
    # Where the object ends that is being written: whoever goes on, goes on with that one.
    Column("planned_size", _SEQ),
    Column("vouched_size", _SEQ, nullable=False),
    Column("stamped_size", _SEQ, nullable=False),
    Column("archived_at", UTCDateTime),
    Column("failures", Integer, nullable=False),
    Column("next_try_at", UTCDateTime),
    Column("fault", String(500)),
    Column("stamp_fault", String(500)),
    # Since when archive and ledger say different things, once somebody was told.
    Column("contradicted_at", UTCDateTime),
)
