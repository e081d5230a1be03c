"""The grants that were drawn, each told step by step and with its receipt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from broker.ledger.body import decompose, instant
from broker.ledger.checkpoints.checkpoint import Checkpoint
from broker.ledger.exporting.receipt import About, Signed, build_receipt, receipt_text
from broker.ledger.signing.keys import PublicKey
from broker.ledger.tables import ledger_entries
from broker.ledger.tree_in_database import StoredNodes
from broker.policy.catalog import Catalog
from broker.review.evidence.binder import Binder
from broker.review.evidence.sample import Drawn
from broker.review.story.event_words import in_words
from broker.review.story.seen import Seen

HEADS = ("grant", "request", "kind", "rank", "of", "lot")
# Sealed text is nobody's business here, and nobody could read it.
_LEFT_OUT = ("note", "comment")


def add_samples(
    binder: Binder,
    connection: Connection,
    catalog: Catalog,
    key: PublicKey,
    last: tuple[str, Checkpoint],
    drawn: Sequence[Drawn],
) -> None:
    """``last`` is the checkpoint that every receipt leads to."""
    binder.rows("samples/drawn.csv", HEADS, (tuple(vars(each).values()) for each in drawn))
    nodes, signed = StoredNodes(connection), Signed(*last, key)
    for each in drawn:
        bodies = _bodies(connection, each)
        binder.values(f"samples/{each.grant}/story.json", [_step(catalog, *entry) for entry in bodies])
        about = About(each.grant, each.request)
        receipt = build_receipt(about, signed, nodes, [(seq, body) for seq, body, _digest in bodies])
        binder.text(f"samples/{each.grant}/receipt.json", receipt_text(receipt))


def _bodies(connection: Connection, drawn: Drawn) -> list[tuple[int, str, str]]:
    of = ledger_entries.c
    mine = (of.request_id == drawn.request) | (of.grant_id == drawn.grant)
    found = select(of.seq, of.body, of.digest).where(mine).order_by(of.seq)
    return [(row.seq, row.body, row.digest) for row in connection.execute(found)]


def _step(catalog: Catalog, seq: int, body: str, digest: str) -> dict[str, Any]:
    recorded = decompose(body, digest)
    words, entry = in_words(Seen(recorded, catalog, {}, {})), recorded.entry
    facts = {name: value for name, value in entry.facts.items() if name not in _LEFT_OUT}
    told = {"title": words.title, "text": words.text, "event": entry.event, "by": entry.actor, "facts": facts}
    return {"entry": seq, "at": instant(recorded.at), "digest": digest, **told}
