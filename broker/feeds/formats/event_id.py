"""The id an entry has in every format that wants one."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from broker.feeds.formats.about import Teller
from broker.ledger.entry import Recorded


def event_id(recorded: Recorded, teller: Teller) -> str:
    """A UUID made of the broker's address and the entry's digest: a repeated event has it again."""
    return str(uuid5(NAMESPACE_URL, f"{teller.issuer}#{recorded.digest}"))
