"""Where state is kept: one engine, one unit of work, migrations."""

from broker.store.columns import UTCDateTime
from broker.store.metadata import metadata
from broker.store.unit_of_work import Reader, Store, Transaction

__all__ = ["Reader", "Store", "Transaction", "UTCDateTime", "metadata"]
