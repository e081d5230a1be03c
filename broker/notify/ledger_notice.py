"""What administrators and reviewers are told of the ledger itself: it contradicts what was signed, or was resumed."""

from __future__ import annotations

from datetime import tzinfo

from broker.identity.people import Role, with_role
from broker.ledger.entry import Recorded
from broker.notify.what_is_said import Words, in_local_time
from broker.notify.who_is_told import Standing, Told
from broker.store import Reader

LEDGER_NOTICES = frozenset({"ledger.contradicted", "ledger.resumed", "archive.contradicted"})


def who_watches_over_it(reader: Reader) -> list[Told]:
    """Administrators, because it is theirs to mend, and reviewers, because it may have been an administrator."""
    standings = ((Role.ADMIN, Standing.ADMIN), (Role.REVIEWER, Standing.REVIEWER))
    first: dict[str, Told] = {}
    for role, standing in standings:
        for person in with_role(reader, role):
            if not person.disabled:
                first.setdefault(person.id, Told(person, standing))
    return list(first.values())


def what_befell_it(recorded: Recorded, zone: tzinfo) -> Words:
    """Counts, names of keys, sentences of the broker's own."""
    facts = recorded.entry.facts
    return {
        "by": str(facts.get("by", "")),
        "words": str(facts.get("words", "")),
        "former": str(facts.get("from", "")).partition("+")[0],
        "name": str(facts.get("to", "")).partition("+")[0],
        "size": str(facts.get("size", "")),
        "reason": str(facts.get("reason", "")),
        "at": in_local_time(recorded.at, zone),
    }
