"""A broker killed outright in the middle of telling: repeated, perhaps, and never lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from broker.feeds.deliver import CLAIM, FeedDesk, deliver
from broker.feeds.feed import Kind
from tests.fakes.clinic import Clinic
from tests.feeds.conftest import TELLER, Teach, head
from tests.feeds.receiver import Receiver

TELLS = """
import sys
from datetime import UTC, datetime
from broker.clock import SettableClock
from broker.feeds.deliver import FeedDesk, deliver
from broker.ledger.chain import Ledger
from broker.sealing import Seal
from broker.store import Store
from broker.store.engine import open_engine
store = Store(open_engine(sys.argv[1]), SettableClock(datetime.fromisoformat(sys.argv[4])))
deliver(FeedDesk(store, Ledger(), Seal(bytes(32), "feeds"), sys.argv[3]), sys.argv[2])
"""
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("answered", [False, True], ids=["before the receipt", "after the receipt"])
def test_killed_while_telling(
    clinic: Clinic, desk: FeedDesk, teach: Teach, receiver: Receiver, answered: bool
) -> None:
    """Killed with the batch sent, its receipt on the way or not: the next process sends it again, ids unchanged."""
    feed = teach(Kind.WEBHOOK, receiver.url)
    url = desk.store.engine.url.render_as_string(hide_password=False)
    arguments = [url, feed.id, TELLER.issuer, clinic.clock.now().isoformat()]
    process = subprocess.Popen([sys.executable, "-c", TELLS, *arguments], cwd=ROOT)

    def kill(_body: bytes) -> tuple[int, bytes]:
        if not answered:
            os.kill(process.pid, signal.SIGKILL)
        return 204, b""

    receiver.answer = kill
    if answered:
        while not receiver.bodies and process.poll() is None:
            pass
        os.kill(process.pid, signal.SIGKILL)
    process.wait(30)
    receiver.answer = lambda _: (204, b"")
    clinic.clock.advance(seconds=CLAIM.total_seconds())
    deliver(desk, feed.id)
    assert sorted(set(receiver.seqs)) == list(range(1, head(desk) + 1))
    told = [each for body in receiver.bodies for each in json.loads(body)["data"]["entries"]]
    ids = {(each["seq"], each["id"]) for each in told}
    assert len(ids) == head(desk)
