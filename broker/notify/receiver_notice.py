"""What administrators are told of software that does not hear when access ends."""

from __future__ import annotations

from datetime import tzinfo

from broker.ledger.entry import Recorded
from broker.notify.what_is_said import Words, in_local_time

RECEIVER_NOTICES = frozenset({"receiver.not_told"})


def what_was_not_told(recorded: Recorded, zone: tzinfo) -> Words:
    """Words and our own ids: neither the receiver's address nor anything it said."""
    facts = recorded.entry.facts
    return {
        "receiver": str(facts["name"]),
        "given_up": facts["why"] == "given_up",
        "tries": str(facts["tries"]),
        "at": in_local_time(recorded.at, zone),
    }
