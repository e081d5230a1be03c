from __future__ import annotations

import json
from pathlib import Path

import pytest

from broker.clock import SettableClock
from broker.ledger.checkpoints.keep import CheckpointKeeper
from broker.ledger.exporting.receipt import About, receipt_text
from broker.ledger.grant_receipt import receipt_of
from broker.ledger.read import entries_of_grant, entries_of_request
from broker.ledger.signing.keys import generate
from broker.ledger.verifying.plain_words import in_plain_words
from broker.ledger.verifying.receipt import check_receipt
from broker.retention.erase import erase_due
from broker.retention.hold import place_hold
from broker.retention.thing import Thing, ThingKind
from tests.fakes.past import Past
from tests.retention.conftest import KEPT


@pytest.fixture
def keeper(tmp_path: Path) -> CheckpointKeeper:
    return CheckpointKeeper(
        tmp_path / "checkpoints.txt", generate(tmp_path / "ledger.key", "broker.example/ledger")
    )


def test_receipts_from_before_and_after_an_erasure_both_hold(
    past: Past, clock: SettableClock, keeper: CheckpointKeeper
) -> None:
    """No byte of an entry changes; the later receipt says that the text was erased, and no receipt shows it."""
    grant = past.ended(past.ordinary())
    about = About(grant.id, grant.request_id)
    keeper.keep(past.store)
    before = receipt_of(past.store, keeper, about)
    clock.advance(seconds=KEPT.total_seconds())
    assert erase_due(past.equipment) == 1
    keeper.keep(past.store)
    after = receipt_of(past.store, keeper, about)
    checked = [check_receipt(receipt_text(each).encode(), keeper.key.public) for each in (before, after)]
    bodies = [[entry["body"] for entry in each["entries"]] for each in (before, after)]
    assert bodies[1][: len(bodies[0])] == bodies[0]
    said = [in_plain_words(each) for each in checked[1].entries]
    assert "The text of a note was erased; its digest stays." in said
    assert "collapsed" not in json.dumps([before, after])


def test_whoever_is_looked_into_cannot_read_it_in_a_receipt(past: Past, keeper: CheckpointKeeper) -> None:
    """A hold is an entry of no grant, no request and no person, whatever it is about."""
    grant = past.ended(past.ordinary())
    ids = (grant.id, grant.request_id, past.clinician.id, past.patient.id)
    kinds = (ThingKind.GRANT, ThingKind.REQUEST, ThingKind.PERSON, ThingKind.PATIENT)
    for kind, thing in zip(kinds, ids, strict=True):
        place_hold(past.equipment, past.reviewer.person, Thing(kind, thing), "case 17")
    with past.store.read() as reader:
        told = entries_of_grant(reader, grant.id) + entries_of_request(reader, grant.request_id)
    assert not [each for each in told if each.entry.event.startswith("hold.")]
    assert {(each.request, each.grant, each.subject) for each in past.entries("hold.placed")} == {(None,) * 3}
