"""Brings the last checkpoint to every witness, and puts what they sign under it.

Rung by a clock, in no transaction and in nobody's way: no grant waits for it and
no revocation needs it. Whoever was away is asked again the next time.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from broker.errors import BrokerError
from broker.ledger.checkpoints.checkpoint import Checkpoint
from broker.ledger.checkpoints.keep import CheckpointKeeper
from broker.ledger.merkle.proofs import consistency_proof
from broker.ledger.signing.cosign import cosignatures
from broker.ledger.signing.note import with_signature
from broker.ledger.tree_in_database import nodes_of
from broker.store import Store
from broker.witness.asking.named import Named
from broker.witness.asking.objection import contradicts
from broker.witness.asking.standing import Standing, read_standings, write_standings
from broker.witness.asking.submit import Asked, Objects, Silent, Vouched, submit

# A quiet ledger is vouched for again, so that a witness that went away is noticed.
AGAIN_AFTER = timedelta(minutes=10)

_REFUSES = "It refuses to vouch, although what it remembers fits this ledger."


log = structlog.get_logger("broker.witness")

Known = tuple[Named, Standing]


@dataclass(frozen=True)
class Witnesses:
    """The witnesses in the settings, and what is known of each, kept in ``folder``."""

    named: tuple[Named, ...]
    folder: Path

    def standings(self) -> list[Known]:
        known = read_standings(self.folder)
        return [(each, known.get(each.key.vkey, Standing())) for each in self.named]


def gather(
    witnesses: Witnesses, store: Store, keeper: CheckpointKeeper, *, everybody: bool = False
) -> list[Known]:
    """Ask who has not vouched for the last checkpoint yet, or not lately, or all; what is known of each then."""
    last = keeper.last() if witnesses.named else None
    if last is None:
        return witnesses.standings()
    known, now = witnesses.standings(), store.clock.now()
    due = [each for each in known if everybody or _is_due(each[1], last[1].size, now)]
    if due:
        heard = dict(_ask(due, last, store, keeper))
        known = [(witness, heard.get(witness, standing)) for witness, standing in known]
        _remember(witnesses.folder, known)
    _keep_signatures(keeper, last, known)
    return known


def _remember(folder: Path, known: Sequence[Known]) -> None:
    try:
        write_standings(folder, {witness.key.vkey: standing for witness, standing in known})
    except OSError as error:
        # On a full disk what was heard still counts, now; it is asked for again later.
        log.warning("standings_not_written", fault=str(error.strerror))


def _keep_signatures(keeper: CheckpointKeeper, last: tuple[str, Checkpoint], known: Sequence[Known]) -> None:
    note, checkpoint = last
    there = {each.key for each in cosignatures(note, [witness.key for witness, _ in known])}
    signed = note
    for witness, standing in known:
        if standing.line and standing.size == checkpoint.size and witness.key not in there:
            signed = with_signature(signed, standing.line)
    if signed != note:
        try:
            keeper.add(signed)
        except OSError as error:
            log.warning("cosignatures_not_written", fault=str(error.strerror))


def _is_due(standing: Standing, size: int, now: datetime) -> bool:
    lately = standing.asked_at and now - standing.asked_at < AGAIN_AFTER
    return not standing.well or standing.size != size or not lately


def _ask(
    due: Sequence[Known], last: tuple[str, Checkpoint], store: Store, keeper: CheckpointKeeper
) -> list[Known]:
    note, checkpoint = last

    def proof_from(size: int) -> list[bytes]:
        with store.read() as reader:
            return consistency_proof(nodes_of(reader), size, checkpoint.size)

    asked = Asked(note, checkpoint.size, keeper.key.public, proof_from)
    with ThreadPoolExecutor(len(due), thread_name_prefix="witness") as pool:
        return list(pool.map(lambda known: (known[0], _ask_one(known, asked, store)), due))


def _ask_one(known: Known, asked: Asked, store: Store) -> Standing:
    witness, before = known
    now = store.clock.now()
    try:
        said = submit(witness, asked, before.size, store.clock)
        return replace(_after(known, said, asked, store), asked_at=now)
    except BrokerError as error:
        return replace(before, asked_at=now, fault=str(error))


def _after(known: Known, said: Vouched | Silent | Objects, asked: Asked, store: Store) -> Standing:
    _, before = known
    if isinstance(said, Vouched):
        return Standing(said.size, said.at, line=said.line)
    if isinstance(said, Silent):
        # That it is away now does not take back what it said before.
        return replace(before, fault=said.fault)
    with store.read() as reader:
        found = contradicts(reader, said, asked.size)
    if found:
        return replace(before, fault="", contradiction=found)
    refuses = said.shown is not None and said.size <= asked.size
    return Standing(said.size, before.vouched_at, fault=_REFUSES if refuses else "")
