"""Draws up a bundle of evidence: population, samples, narratives, exceptions, signed as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from sqlalchemy import Connection

from broker import __version__
from broker.errors import Conflict
from broker.ledger.body import instant
from broker.ledger.chain import Ledger
from broker.ledger.check_database import check_database
from broker.ledger.checkpoints.checkpoint import Checkpoint
from broker.ledger.checkpoints.keep import CheckpointKeeper
from broker.ledger.entry import Entry
from broker.ledger.snapshot import snapshot
from broker.policy.catalog import Catalog
from broker.review.evidence.binder import Binder
from broker.review.evidence.days import Days
from broker.review.evidence.exceptions import HEADS, exceptions
from broker.review.evidence.figures import counts, events_in, ties
from broker.review.evidence.manifest import sign
from broker.review.evidence.narrate import narrate
from broker.review.evidence.new_file import new_file
from broker.review.evidence.population import files
from broker.review.evidence.sample import Draw, usual_seed
from broker.review.evidence.told_whole import add_samples
from broker.store import Store


@dataclass(frozen=True)
class Wanted:
    """``sample`` grants of each kind are told whole; ``seed`` is empty for the one nobody chooses."""

    days: Days
    by: str
    sample: int
    seed: str = ""


@dataclass(frozen=True)
class Sources:
    """Where the evidence is: everything one installation has."""

    store: Store
    ledger: Ledger
    catalog: Catalog
    keeper: CheckpointKeeper


@dataclass(frozen=True)
class Summary:
    """``exceptions`` by kind; ``fits`` whether rows and ledger agree and the ledger is whole."""

    grants: int
    samples: int
    exceptions: dict[str, int]
    fits: bool


def draw_up(sources: Sources, wanted: Wanted, path: Path) -> Summary:
    """Write the bundle to ``path``, a new file. That it was drawn, and by whom, is in the ledger first.

    Raises Conflict when something is at ``path`` already, Invalid when nothing can be put there, LedgerBroken for
    a ledger that cannot be vouched for; what was written by then is removed.
    """
    with new_file(path) as file:
        at = _record(sources, wanted)
        sources.keeper.keep(sources.store)
        last = sources.keeper.last()
        if last is None:  # an entry was just written
            raise Conflict("No checkpoint could be signed, so there is nothing to draw from.")
        with ZipFile(file, "w") as archive:
            return _fill(sources, wanted, Binder(archive, at), last)


def _fill(sources: Sources, wanted: Wanted, binder: Binder, last: tuple[str, Checkpoint]) -> Summary:
    note, checkpoint = last
    seed = wanted.seed or usual_seed(checkpoint.root, wanted.days)
    checked = check_database(sources.store, sources.keeper.path, sources.keeper.key.public).report
    with snapshot(sources.store) as look:
        draw = Draw(seed, wanted.sample)
        rows = _population(binder, look.connection, wanted.days, draw)
        drawn = draw.drawn()
        add_samples(binder, look.connection, sources.catalog, sources.keeper.key.public, last, drawn)
        found = _exceptions(binder, look.connection, wanted.days)
        events = events_in(look.connection, wanted.days)
        tied, figures = ties(rows, events), counts(look.connection, wanted.days)
    binder.rows("ledger/counts.csv", ("event", "entries"), events.items())
    binder.rows(
        "ledger/ties.csv",
        ("file", "rows", "event", "entries", "fits"),
        [(*vars(t).values(), t.fits) for t in tied],
    )
    binder.text("ledger/checkpoint.txt", note)
    binder.text("ledger/key.txt", sources.keeper.key.public.vkey + "\n")
    faults = [fault.words for fault in checked.faults]
    read = {
        "entries": checked.entries,
        "checkpoints": checked.checkpoints,
        "whole": checked.ok,
        "faults": faults,
    }
    binder.values("ledger/check.json", read)
    said: dict[str, Any] = {
        "days": wanted.days, "drawn_at": instant(binder.at), "drawn_by": wanted.by, "version": __version__,
        "key_name": sources.keeper.key.name, "ledger_size": checkpoint.size, "sample": wanted.sample, "seed": seed,
        "usual_seed": not wanted.seed, "figures": figures, "ties": tied, "ledger_ok": checked.ok,
        "kinds": sorted(found.items()),
    }  # fmt: skip
    for name, text in narrate(said):
        binder.text(name, text)
    sign(binder, sources.keeper.key, said, found)
    fits = checked.ok and all(each.fits for each in tied)
    return Summary(figures["grants"], len(drawn), dict(found), fits)


def _population(binder: Binder, connection: Connection, days: Days, draw: Draw) -> dict[str, int]:
    rows = {}
    for file in files(days):
        of = file.rows(connection)
        if file.name == "population/grants.csv":
            of = _seen(of, file.heads, draw)
        rows[file.name] = binder.rows(file.name, file.heads, of)
    return rows


def _seen(
    rows: Iterator[tuple[object, ...]], heads: tuple[str, ...], draw: Draw
) -> Iterator[tuple[object, ...]]:
    grant, request, kind = (heads.index(name) for name in ("grant", "request", "path"))
    for row in rows:
        draw.see(str(row[grant]), str(row[request]), str(row[kind]))
        yield row


def _exceptions(binder: Binder, connection: Connection, days: Days) -> Counter[str]:
    found = Counter[str]()

    def told() -> Iterator[tuple[object, ...]]:
        for kind, grant, person, since, words in exceptions(connection, days, binder.at):
            found[kind] += 1
            yield kind, grant, person, instant(since) if since else "", words

    binder.rows("exceptions.csv", HEADS, told())
    return found


def _record(sources: Sources, wanted: Wanted) -> datetime:
    days = wanted.days
    facts = {"from": days.first.isoformat(), "to": days.last.isoformat(), "sample": wanted.sample}
    with sources.store.write() as tx:
        return sources.ledger.append(tx, Entry("evidence.drawn", wanted.by, facts=facts)).at
