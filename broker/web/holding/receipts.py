"""The receipt of a grant: what the ledger holds about it, and the proof, as a page to print and as a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import Blueprint, Response, make_response, render_template

from broker.access.grant import Grant
from broker.errors import NotFound
from broker.identity.people import Person, Role, by_id
from broker.ledger.checkpoints.checkpoint import Checkpoint
from broker.ledger.entry import Recorded
from broker.ledger.exporting.receipt import About, receipt_text
from broker.ledger.grant_receipt import EXAMINING, NotVouchedYet, receipt_of
from broker.ledger.signing.note import signatures_of
from broker.ledger.verifying.plain_words import in_plain_words
from broker.ledger.verifying.receipt import check_receipt
from broker.store import Reader
from broker.web.frame.guard import me, signed_in
from broker.web.parts import parts
from broker.web.telling.naming import title_of
from broker.web.telling.seeing import grant_for
from broker.web.telling.step import Step

pages = Blueprint("receipts", __name__)

_KINDS = {"request.broke_glass": "warn", "request.denied": "stop", "grant.unconfirmed": "stop"}
EXAMINERS = frozenset({Role.REVIEWER, Role.ADMIN})


@dataclass(frozen=True)
class ReceiptPage:
    """``checkpoint`` is None while nothing was signed yet; ``waiting`` steps are under none, ``others`` signed it too."""

    grant: Grant
    title: str
    person: str
    checkpoint: Checkpoint | None
    others: tuple[str, ...]
    steps: tuple[Step, ...]
    waiting: tuple[Step, ...]
    public_key: str


@pages.get("/grants/<grant_id>/receipt")
@signed_in()
def show(grant_id: str) -> Response:
    """Reads, and signs nothing: what is not under a checkpoint yet is said to be so."""
    viewer = me()
    with parts().store.read() as reader:
        grant = grant_for(reader, viewer, grant_id)
    try:
        receipt = receipt_for(viewer, grant)
    except NotVouchedYet:
        receipt = None
    with parts().store.read() as reader:
        page = _page(reader, grant, receipt)
    return make_response(render_template("pages/grants/receipt.html", page=page))


@pages.get("/grants/<grant_id>/receipt.json")
@signed_in()
def take(grant_id: str) -> Response:
    with parts().store.read() as reader:
        grant = grant_for(reader, me(), grant_id)
    answer = Response(receipt_text(receipt_for(me(), grant)), mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="receipt-{grant.id}.json"'
    return answer


def receipt_for(viewer: Person | None, grant: Grant) -> dict[str, Any]:
    """The receipt as this viewer may have it; None is software, which is told no more than the holder."""
    leave_out = () if viewer and viewer.roles & EXAMINERS else EXAMINING
    about = About(grant.id, grant.request_id)
    return receipt_of(parts().store, parts().checkpoints, about, leave_out)


def _namer(reader: Reader) -> Callable[[str], str]:
    """Everybody by name, the viewer too: a printed receipt says who, not «you»."""

    def named(actor: str) -> str:
        with suppress(NotFound):
            return by_id(reader, actor).name
        return "The broker" if actor == "broker" else actor

    return cache(named)


def _page(reader: Reader, grant: Grant, receipt: dict[str, Any] | None) -> ReceiptPage:
    key = parts().checkpoints.key.public
    title = title_of(parts().catalog, grant.entitlement)
    named = _namer(reader)
    person = named(grant.person_id)
    if receipt is None:
        return ReceiptPage(grant, title, person, None, (), (), (), key.vkey)
    # The page tells what the file proves, by the way everybody checks it.
    checked = check_receipt(receipt_text(receipt).encode(), key)
    return ReceiptPage(
        grant,
        title,
        person,
        checked.checkpoint,
        _others(receipt["checkpoint"], key.name),
        _steps(checked.entries, named),
        _steps(checked.later, named),
        key.vkey,
    )


def _steps(entries: Iterable[Recorded], named: Callable[[str], str]) -> tuple[Step, ...]:
    return tuple(
        Step(each.at, in_plain_words(each, named), f"Entry {each.seq}", _KINDS.get(each.entry.event, "done"))
        for each in entries
    )


def _others(note: str, own: str) -> tuple[str, ...]:
    """Who else signed the checkpoint, by what they call themselves."""
    _text, signatures = signatures_of(note)
    return tuple(dict.fromkeys(name for name, *_ in signatures if name != own))
