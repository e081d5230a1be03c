"""What administrators are told of software that is not told: of an end of access, or of the ledger's steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo

from broker.ledger.entry import Recorded
from broker.notify.what_is_said import Words, in_local_time

RECEIVER_NOTICES: Mapping[str, str] = {"receiver.not_told": "/receivers", "feed.stuck": "/feeds"}
"""The events, and the page on which each is put right."""


def what_was_not_told(recorded: Recorded, zone: tzinfo) -> Words:
    """Words and our own ids: neither the receiver's address nor anything it said."""
    facts = recorded.entry.facts
    return {
        "receiver": str(facts["name"]),
        "given_up": facts["why"] == "given_up",
        "refused": str(facts.get("seq", "")) if facts["why"] == "refused" else None,
        "tries": str(facts.get("tries", "")),
        "at": in_local_time(recorded.at, zone),
    }
