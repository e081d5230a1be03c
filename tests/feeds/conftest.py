"""A clinic with one broken glass and one approved access behind it, and its ledger as feeds read it."""

from __future__ import annotations

import pytest

from broker.access.activate import activate
from broker.access.grant import Cause
from broker.access.take_back import end
from broker.clock import SettableClock
from broker.feeds.formats.about import About, Teller
from broker.feeds.look_up import abouts
from broker.ledger.entry import Entry, Recorded
from broker.ledger.read import entries_after
from broker.store import Store
from tests.fakes.clinic import Clinic

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
