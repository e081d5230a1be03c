"""What befell the ledger itself, in words for a reviewer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from broker.review.story.seen import Seen, Words


def _contradicted(seen: Seen) -> Words:
    by = seen.facts["by"]
    who = "The broker's own checkpoint" if by == "checkpoint" else f"The witness {by}"
    return Words(f"{who} contradicts the database", seen.facts["words"], "stop")


def _resumed(seen: Seen) -> Words:
    facts = seen.facts
    former, name = (str(facts[which]).partition("+")[0] for which in ("from", "to"))
    lost = f" {facts['signed_size']} had been signed." if facts["signed_size"] > facts["size"] else ""
    seen_by = "".join(f" The witness {each['witness']} saw {each['size']}." for each in facts["witnesses"])
    text = f"It continues {former} after {facts['size']} entries.{lost}{seen_by} Reason: {facts['reason']}"
    return Words(f"The ledger goes on as {name}", text, "stop")


def _evidence_drawn(seen: Seen) -> Words:
    days = f"{seen.facts['from']} to {seen.facts['to']}"
    return Words(f"{seen.actor} drew up evidence for an audit", f"Of the days {days}.")


def _archive_contradicted(seen: Seen) -> Words:
    return Words(f"The archive in {seen.facts['by']} contradicts the database", seen.facts["words"], "stop")


LEDGER_WORDS: Mapping[str, Callable[[Seen], Words]] = {
    "ledger.contradicted": _contradicted,
    "ledger.resumed": _resumed,
    "archive.contradicted": _archive_contradicted,
    "evidence.drawn": _evidence_drawn,
}
