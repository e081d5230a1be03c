"""SIGKILL at many moments of making and of restoring: what stands under its name is whole, or nothing stands there."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from multiprocessing import get_context

import pytest

from broker.app import build_parts
from broker.backup.create import create_backup, note_beside
from broker.backup.read import check_outside
from broker.backup.restored import MARK
from broker.backup.verify import verify_backup
from broker.ledger.check_database import check_database
from broker.store import Store
from broker.store.engine import open_engine
from tests.backup.house import House, in_folder

assert build_parts

MOMENTS = 12
FORK = get_context("fork")


def killed_after(seconds: float, work: Callable[[], object]) -> None:
    """``work`` in a process of its own, which is killed then if it still runs."""
    process = FORK.Process(target=work)
    process.start()
    process.join(seconds)
    with suppress(ProcessLookupError):
        os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    process.close()


def how_long(work: Callable[[], object]) -> float:
    begun = time.monotonic()
    process = FORK.Process(target=work)
    process.start()
    process.join()
    return time.monotonic() - begun


def test_making_it(house: House) -> None:
    """The file is there and whole with its note, or there is none of that name."""
    url = str(house.store.engine.url)
    house.store.engine.dispose()

    def make(number: int) -> None:
        source = replace(house.source, store=Store(open_engine(url), house.clock))
        create_backup(source, house.folder / f"{number}.age", house.key.recipient, recordings=True)

    whole = how_long(lambda: make(1000))
    there = 0
    for number in range(MOMENTS):
        killed_after(whole * number / (MOMENTS - 2), lambda number=number: make(number))
        file = house.folder / f"{number}.age"
        if file.exists():
            there += 1
            verify_backup(file, house.identity, house.public_key)
            assert check_outside(file, house.public_key) == file.stat().st_size
            assert note_beside(file).exists()
    assert not (house.folder / "0.age").exists()
    assert there < MOMENTS


@pytest.mark.parametrize("elsewhere", [False, True])
def test_restoring_it(house: House, elsewhere: bool) -> None:
    """The folder is there with everything in it, or there is none; a second try goes on from nothing."""
    house.granted()
    house.back_up()
    house.store.engine.dispose()
    place = house.folder / "elsewhere.db"
    url = f"sqlite:///{place}" if elsewhere else ""
    whole = how_long(lambda: house.restore("measured", database_url=url))
    place.unlink(missing_ok=True)
    for number in range(MOMENTS):
        name = f"restored-{number}"
        killed_after(whole * number / (MOMENTS - 2), lambda name=name: house.restore(name, database_url=url))
        folder = house.folder / name
        if folder.exists():
            engine = open_engine(url) if elsewhere else in_folder(folder)
            heads = folder / "heads" / "ledger-heads.txt"
            assert check_database(Store(engine, house.clock), heads, house.public_key).ok
            assert (folder / MARK).exists()
            assert (folder / "keys" / "identity.key").exists()
            engine.dispose()
        for left in house.folder.glob("elsewhere.db*"):
            left.unlink()
    assert not (house.folder / "restored-0").exists()
    house.restore("at-last", database_url=url)
