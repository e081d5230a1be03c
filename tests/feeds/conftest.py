"""A clinic with one broken glass and one approved access behind it, and its ledger as feeds read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broker.access.activate import activate
from broker.access.grant import Cause
from broker.access.take_back import end
from broker.clock import SettableClock
from broker.feeds.deliver import FeedDesk
from broker.feeds.feed import FORMATS, Feed, Kind, Secrets, Terms
from broker.feeds.formats.about import About, Teller
from broker.feeds.formats.choose import Format
from broker.feeds.look_up import abouts
from broker.feeds.register import add_feed, get_feed, head_seq, new_feed_id
from broker.ledger.entry import Entry, Recorded
from broker.ledger.read import entries_after
from broker.sealing import Seal
from broker.store import Store
from tests.adapters.tls_site import Authority
from tests.fakes.clinic import Clinic
from tests.feeds.receiver import Receiver

TELLER = Teller("https://broker.clinic.example")
# Line ends of every kind, terminal escapes, what each format quotes with, and a letter beyond ASCII.
NASTY = 'a\r\nb\x1b[31m|c=d\\e"f]g\x00\x85\N{LINE SEPARATOR}h\N{LATIN SMALL LETTER U WITH DIAERESIS} CEF:0|x'


@pytest.fixture
def clinic(store: Store, clock: SettableClock) -> Clinic:
    clinic = Clinic(store, clock)
    for given in (clinic.break_glass().grant, clinic.approve(clinic.ask().request.id).grant):
        assert given is not None
        activate(clinic.equipment, given.id)
        end(clinic.equipment, given.id, Cause.HANDED_BACK, actor=clinic.clinician.id)
    return clinic


def read(clinic: Clinic, *, refs: bool = False) -> list[tuple[Recorded, About]]:
    with clinic.store.read() as reader:
        entries = entries_after(reader, 0)
        about = abouts(reader, entries, clinic_refs=refs)
    return [(each, about[each.seq]) for each in entries]


def hostile(clinic: Clinic) -> Recorded:
    """An entry whose ids and facts try to be more than text."""
    facts = {"fault": NASTY, "x" * 64: NASTY, "list": [NASTY, 1, True, None]}
    return Recorded(7, clinic.clock.now(), "ab" * 32, Entry("grant.push_failed", NASTY, facts=facts))


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def receiver(authority: Authority) -> Iterator[Receiver]:
    """Takes everything, until it is told otherwise."""
    server = Receiver(authority.certificate("localhost"))
    yield server
    server.stop()


@pytest.fixture
def desk(clinic: Clinic) -> FeedDesk:
    return FeedDesk(clinic.store, clinic.ledger, Seal(bytes(32), "feeds"), TELLER.issuer)


class Teach:
    """Adds feeds as a person does."""

    def __init__(self, desk: FeedDesk, authority: Authority) -> None:
        self._desk, self._authority = desk, authority

    def __call__(
        self,
        kind: Kind,
        target: str,
        shape: Format | None = None,
        secrets: Secrets | None = None,
        begins: int = 0,
        **terms: object,
    ) -> Feed:
        believe = "" if kind is Kind.FILE else self._authority.file.read_text()
        wanted = Terms(**{"believe": believe, "allow_private": True, **terms})
        with self._desk.store.write() as tx:
            new = Feed(
                (name := new_feed_id()),
                f"{kind} {name}",
                kind,
                shape or FORMATS[kind][0],
                target,
                tx.at,
                wanted,
            )
            new = replace(new, delivered_seq=begins)
            return add_feed(tx, self._desk.ledger, self._desk.seal, new, secrets or {}, actor="command-line")


@pytest.fixture
def teach(desk: FeedDesk, authority: Authority) -> Teach:
    return Teach(desk, authority)


def now_of(desk: FeedDesk, feed: Feed) -> Feed:
    with desk.store.read() as reader:
        return get_feed(reader, feed.id)


def head(desk: FeedDesk) -> int:
    with desk.store.read() as reader:
        return head_seq(reader)
