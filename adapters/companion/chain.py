"""Proving that a site's events are those it wrote, in their order, with none left out.

Each event's hash covers the one before it, so whoever remembers one (seq, hash)
notices any later change, removal or insertion behind it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from broker.adapters.port import EventPage, SiteEvent
from broker.errors import BrokerError

NOTHING = "0" * 64
"""What stands for the hash before the first event."""

_KEYS = {"account", "at", "facts", "grant", "kind", "seq"}
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")
_LATEST = 253402300799
_WHOLE = 2**63


class Fault(StrEnum):
    """What is wrong with a chain."""

    BROKEN = "broken"
    """An event, or where the chain is said to end, is not what was written."""
    GAP = "gap"
    """Events are missing in between."""
    ROLLED_BACK = "rolled_back"
    """The chain ends before an event that was pulled already."""


class ChainBroken(BrokerError):
    """``seq`` is the first event that is missing or does not fit; ``proven`` are those before it."""

    help = (
        "Somebody edited the site's table of events, emptied it, or restored the site from a backup. "
        "Ask the site's administrator which, and keep a copy of the table."
    )

    def __init__(self, fault: Fault, seq: int, proven: list[Happening]) -> None:
        super().__init__(_SENTENCES[fault].format(seq=seq))
        self.fault = fault
        self.seq = seq
        self.proven = proven


_SENTENCES = {
    Fault.BROKEN: "The site's events are not what it wrote: event {seq} does not follow from the one before it.",
    Fault.GAP: "Events are missing from the site's chain, beginning with event {seq}.",
    Fault.ROLLED_BACK: "The site's chain of events is shorter than it was: event {seq} is gone.",
}


@dataclass(frozen=True)
class Happening:
    """One proven event. ``grant`` is empty when it stands under none; ``account`` when nobody is known."""

    seq: int
    hash: str
    kind: str
    at: datetime
    account: str
    grant: str
    facts: Mapping[str, str | int]


def verify_chain(previous_seq: int, previous_hash: str, page: EventPage) -> list[Happening]:
    """The events of ``page``, proven to follow the one that is known, or ChainBroken.

    Before the first event, ``previous_seq`` is 0 and ``previous_hash`` NOTHING.
    Whoever begins anew after a break begins at the head of a page.
    """
    if page.head_seq < previous_seq:
        raise ChainBroken(Fault.ROLLED_BACK, page.head_seq + 1, [])
    proven: list[Happening] = []
    seq, digest = previous_seq, previous_hash
    for event in page.events:
        seq += 1
        if event.seq > seq:
            raise ChainBroken(Fault.GAP, seq, proven)
        if event.seq < seq or event.seq > page.head_seq or event.hash != link(digest, event.body):
            raise ChainBroken(Fault.BROKEN, seq, proven)
        digest = event.hash
        proven.append(_read(event, proven))
    if seq == page.head_seq and digest != page.head_hash:
        raise ChainBroken(Fault.BROKEN, seq, proven)
    if seq < page.head_seq and not page.events:
        raise ChainBroken(Fault.GAP, seq + 1, proven)
    return proven


def link(previous_hash: str, body: str) -> str:
    """The hash of an event (lower-case hexadecimal)."""
    return hashlib.sha256(f"{previous_hash}\n{body}".encode()).hexdigest()


def _read(event: SiteEvent, proven: list[Happening]) -> Happening:
    try:
        body = json.loads(event.body)
        json.dumps(body, ensure_ascii=False).encode()  # half a character could not be stored
        happening = Happening(
            event.seq,
            event.hash,
            body["kind"],
            datetime.fromtimestamp(body["at"], UTC),
            body["account"],
            body["grant"],
            body["facts"],
        )
    except (ValueError, TypeError, KeyError, OverflowError, OSError, RecursionError):
        raise ChainBroken(Fault.BROKEN, event.seq, proven) from None
    # Written in one way only: nothing can be said twice in it, and read differently by another.
    if not _is_sound(body, event.seq) or _canonical(body) != event.body:
        raise ChainBroken(Fault.BROKEN, event.seq, proven)
    return happening


def _is_sound(body: Mapping[str, Any], seq: int) -> bool:
    facts = body["facts"]
    return (
        set(body) == _KEYS
        and type(body["seq"]) is int
        and body["seq"] == seq
        and type(body["at"]) is int
        and 0 <= body["at"] <= _LATEST
        and isinstance(body["account"], str)
        and isinstance(body["grant"], str)
        and isinstance(body["kind"], str)
        and bool(_NAME.match(body["kind"]))
        and isinstance(facts, dict)
        and all(_NAME.match(name) and _is_fact(value) for name, value in facts.items())
    )


def _is_fact(value: Any) -> bool:
    return isinstance(value, str) or (type(value) is int and abs(value) < _WHOLE)


def _canonical(body: Mapping[str, Any]) -> str:
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
