"""The differences that are not settled yet, and the ledger's word on each that comes and goes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, select, update

from broker.access.grant import get_grant
from broker.clock import new_id
from broker.errors import NotFound
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry, Fact
from broker.revocation.reconcile.drift import ALARMS, Drift, DriftKind
from broker.revocation.tables import drifts
from broker.sites.register import CONNECTED
from broker.sites.watch import look_soon
from broker.store import Reader, Transaction

MOST_AT_ONCE = 500


@dataclass(frozen=True)
class OpenDrift:
    """``tries`` counts repairs that did not help yet, ``fault`` says why the last one did not."""

    id: str
    site_id: str
    kind: DriftKind
    subject: str
    sentence: str
    proposal: str
    grant_id: str | None
    found_at: datetime
    tries: int
    fault: str | None

    @property
    def key(self) -> tuple[DriftKind, str]:
        return self.kind, self.subject


@dataclass(frozen=True)
class Try:
    """A repair that was just sent; ``fault`` is empty when nobody objected. ``actor`` is who wanted it."""

    actor: str
    fault: str = ""


def open_drifts(reader: Reader, site_id: str | None = None) -> list[OpenDrift]:
    """The oldest first; of one site, or of all that were not let go."""
    query = select(drifts).where(drifts.c.site_id.in_(CONNECTED)).order_by(drifts.c.found_at, drifts.c.id)
    if site_id is not None:
        query = query.where(drifts.c.site_id == site_id)
    return [_read(row) for row in reader.all(query)]


def count_drifts(reader: Reader) -> int:
    connected = select(func.count()).select_from(drifts).where(drifts.c.site_id.in_(CONNECTED))
    return int(reader.execute(connected).scalar_one())


def get_drift(reader: Reader, drift_id: str) -> OpenDrift:
    """The difference, or NotFound: it is gone, or never was."""
    row = reader.one_or_none(select(drifts).where(drifts.c.id == drift_id))
    if row is None:
        raise NotFound(
            "This difference is not open any more.", help="List what is open with: broker site drift"
        )
    return _read(row)


def open_drift(tx: Transaction, ledger: Ledger, site_id: str, drift: Drift) -> None:
    """Write it down once; one that is open already may have learned another sentence."""
    known = (
        (drifts.c.site_id == site_id) & (drifts.c.kind == drift.kind) & (drifts.c.subject == drift.subject)
    )
    words = {"sentence": drift.sentence, "proposal": drift.proposal}
    if tx.execute(update(drifts).where(known).values(**words)).rowcount:
        return
    row: dict[str, Any] = {"id": new_id("drift"), "site_id": site_id, "kind": str(drift.kind)}
    row |= {"subject": drift.subject, "grant_id": drift.grant, "found_at": tx.at, "tries": 0, **words}
    tx.execute(drifts.insert().values(**row))
    facts = {**_about(row["id"], site_id, drift.kind, drift.subject), **words, "alarm": drift.kind in ALARMS}
    ledger.append(tx, _entry(tx, "drift.found", "broker", drift.grant, facts))


def close_drift(tx: Transaction, ledger: Ledger, drift: OpenDrift, tried: Try | None) -> None:
    """It is not there any more: put right by ``tried``, or gone by itself. Twice is no error."""
    if tx.execute(delete(drifts).where(drifts.c.id == drift.id)).rowcount == 1:
        event, actor = ("drift.repaired", tried.actor) if tried else ("drift.gone", "broker")
        facts = _about(drift.id, drift.site_id, drift.kind, drift.subject)
        ledger.append(tx, _entry(tx, event, actor, drift.grant_id, facts))


def note_try(tx: Transaction, drift: OpenDrift, tried: Try) -> None:
    """It is still there, although this was tried."""
    fault = tried.fault or "The site took it, and shows the same as before."
    one_more = {"tries": drifts.c.tries + 1, "fault": fault}
    tx.execute(update(drifts).where(drifts.c.id == drift.id).values(**one_more))


def replace_drifts(
    tx: Transaction,
    ledger: Ledger,
    site_id: str,
    found: Collection[Drift],
    judged: Collection[DriftKind],
    tried: Mapping[str, Try],
) -> list[OpenDrift]:
    """What was ``found`` is open from now on, and of the kinds ``judged`` nothing else; what that leaves open.

    At most MOST_AT_ONCE come, and as many go: nobody waits for one long commit, and the site's next turn is at once.
    """
    known = {each.key: each for each in open_drifts(tx, site_id)}
    there = {drift.key for drift in found}
    new = [drift for drift in found if _is_news(drift, known.get(drift.key))]
    over = [each for each in known.values() if each.key not in there and _may_go(each, judged, tried)]
    for drift in new[:MOST_AT_ONCE]:
        open_drift(tx, ledger, site_id, drift)
    for each in over[:MOST_AT_ONCE]:
        close_drift(tx, ledger, each, tried.get(each.id))
    for each in known.values():
        if each.id in tried and each not in over:
            note_try(tx, each, tried[each.id])
    if max(len(new), len(over)) > MOST_AT_ONCE:
        look_soon(tx, site_id)
    return open_drifts(tx, site_id)


def _is_news(drift: Drift, known: OpenDrift | None) -> bool:
    return known is None or (known.sentence, known.proposal) != (drift.sentence, drift.proposal)


def _may_go(drift: OpenDrift, judged: Collection[DriftKind], tried: Mapping[str, Try]) -> bool:
    attempt = tried.get(drift.id)
    return drift.kind in judged or (attempt is not None and not attempt.fault)


def _about(drift_id: str, site_id: str, kind: DriftKind, subject: str) -> dict[str, Fact]:
    return {"drift": drift_id, "site": site_id, "kind": str(kind), "about": subject}


def _entry(reader: Reader, event: str, actor: str, grant_id: str | None, facts: Mapping[str, Fact]) -> Entry:
    person = get_grant(reader, grant_id).person_id if grant_id else None
    return Entry(event, actor, grant=grant_id, subject=person, facts=facts)


def _read(row: Row[Any]) -> OpenDrift:
    values = {field.name: getattr(row, field.name) for field in fields(OpenDrift)}
    return OpenDrift(**{**values, "kind": DriftKind(row.kind)})
