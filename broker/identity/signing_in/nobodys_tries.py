"""Tries on accounts that nobody has: the first of an hour are written down one by one, the rest as a number.

Each failed sign-in is an entry of the ledger, which is kept for ever. Made-up accounts cost nothing to make
up, so without this somebody could fill it from anywhere. Of accounts that exist, tries are few: they lock.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from broker.identity.tables import nobodys_tries
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Store, Transaction

ENTRIES_AN_HOUR = 20
HOUR = timedelta(hours=1)
KEPT = timedelta(days=2)


def note_nobodys(tx: Transaction, ledger: Ledger, entry: Entry) -> None:
    """Write ``entry`` down, or count it."""
    row, hour = nobodys_tries.c, _hour(tx.at)
    written = tx.execute(select(row.written).where(row.hour == hour)).scalar_one_or_none()
    if written is None:
        tx.execute(insert(nobodys_tries).values(hour=hour, written=0, counted=0))
    if (written or 0) < ENTRIES_AN_HOUR:
        ledger.append(tx, entry)
        more = {"written": row.written + 1}
    else:
        more = {"counted": row.counted + 1}
    tx.execute(update(nobodys_tries).where(row.hour == hour).values(more))


def sum_up_nobodys(store: Store, ledger: Ledger) -> int:
    """One entry for each hour that is over and had more than were written down; how many entries."""
    row = nobodys_tries.c
    with store.read() as reader:
        over = row.told_at.is_(None) & (row.hour <= reader.at - HOUR)
        if reader.execute(select(row.hour).where(over).limit(1)).first() is None:
            return 0
    with store.write() as tx:
        found = tx.all(select(nobodys_tries).where(over).order_by(row.hour))
        crowded = [each for each in found if each.counted]
        for each in crowded:
            facts = {"tries": each.counted, "hour": each.hour.isoformat()}
            ledger.append(tx, Entry("person.sign_in_failures", "broker", facts=facts))
        tx.execute(update(nobodys_tries).where(over).values(told_at=tx.at))
        tx.execute(delete(nobodys_tries).where(row.told_at <= tx.at - KEPT))
    return len(crowded)


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
