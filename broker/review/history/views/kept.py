"""Keep a view under a name, change it, let it go, and list the ones there are."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, Row, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from broker.access.note_check import what_looks_identifying
from broker.clock import new_id
from broker.errors import Conflict, Invalid, NotFound
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.review.history.filters import Filters
from broker.review.history.views.tables import history_views
from broker.store import Reader, Transaction

LONGEST_NAME = 60
# A list longer than this helps nobody, and one person cannot fill the table.
MOST_KEPT = 50


@dataclass(frozen=True)
class View:
    """``shared``: everybody who may look at the history sees it; only its owner changes it."""

    id: str
    owner_id: str
    name: str
    filters: Filters
    shared: bool
    kept_at: datetime


def views_for(reader: Reader, person_id: str) -> tuple[View, ...]:
    """One's own and everybody's shared ones, by name."""
    mine = or_(history_views.c.owner_id == person_id, history_views.c.shared)
    found = reader.all(
        select(history_views).where(mine).order_by(history_views.c.name_key, history_views.c.id)
    )
    return tuple(_view(row) for row in found)


def keep_view(
    tx: Transaction, ledger: Ledger, person_id: str, name: str, filters: Filters, *, shared: bool
) -> View:
    """Invalid without a name, Conflict when the person has one of that name or too many."""
    own = history_views.c.owner_id == person_id
    if int(tx.execute(select(func.count()).select_from(history_views).where(own)).scalar_one()) >= MOST_KEPT:
        raise Conflict(f"You keep {MOST_KEPT} views already.", help="Remove one first.")
    named = _name(tx, person_id, name)
    view = View(new_id("view"), person_id, named, filters, shared, tx.at)
    row = {
        "id": view.id,
        "owner_id": person_id,
        "name": named,
        "name_key": _key(named),
        "query": filters.to_query(),
        "shared": shared,
        "kept_at": tx.at,
    }
    _write(tx, insert(history_views).values(row))
    _record(tx, ledger, "history.view_kept", view)
    return view


def change_view(
    tx: Transaction, ledger: Ledger, person_id: str, view_id: str, name: str, *, shared: bool
) -> View:
    """Another name, or shown to others or not. NotFound for somebody else's."""
    before = _own(tx, person_id, view_id)
    named = _name(tx, person_id, name, but=view_id)
    changed = View(before.id, before.owner_id, named, before.filters, shared, before.kept_at)
    values = {"name": named, "name_key": _key(named), "shared": shared}
    _write(tx, update(history_views).where(history_views.c.id == view_id).values(**values))
    _record(tx, ledger, "history.view_changed", changed)
    return changed


def let_go(tx: Transaction, ledger: Ledger, person_id: str, view_id: str) -> None:
    """NotFound for somebody else's, or for one that is gone."""
    view = _own(tx, person_id, view_id)
    tx.execute(delete(history_views).where(history_views.c.id == view_id))
    _record(tx, ledger, "history.view_removed", view)


def _write(tx: Transaction, statement: Executable) -> None:
    try:
        tx.execute(statement)
    except IntegrityError as error:
        # Kept in another window while this one was looking.
        raise _taken() from error


def _taken() -> Invalid:
    return Invalid("The name is taken.", {"name": "You keep a view of that name already."})


def _own(reader: Reader, person_id: str, view_id: str) -> View:
    mine = (history_views.c.id == view_id) & (history_views.c.owner_id == person_id)
    row = reader.one_or_none(select(history_views).where(mine))
    if row is None:
        raise NotFound("You keep no such view.", help="Look for it under Saved views on the history.")
    return _view(row)


def _name(reader: Reader, person_id: str, typed: str, *, but: str = "") -> str:
    name = " ".join(unicodedata.normalize("NFC", typed).split())
    if not name:
        raise Invalid("The view has no name.", {"name": "Give the view a name."})
    if len(name) > LONGEST_NAME or len(_key(name)) > LONGEST_NAME:
        raise Invalid("The name is too long.", {"name": f"Shorten the name to {LONGEST_NAME} characters."})
    if found := what_looks_identifying(name):
        raise Invalid(
            "The name may identify somebody.",
            {"name": f"It seems to hold {', '.join(found)}. Choose other words."},
        )
    alike = (history_views.c.owner_id == person_id) & (history_views.c.name_key == _key(name))
    taken = reader.one_or_none(select(history_views.c.id).where(alike, history_views.c.id != but))
    if taken is not None:
        raise _taken()
    return name


def _key(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _view(row: Row[Any]) -> View:
    return View(row.id, row.owner_id, row.name, Filters.from_query(row.query), row.shared, row.kept_at)


def _record(tx: Transaction, ledger: Ledger, event: str, view: View) -> None:
    # Not the name: it is free text, and an entry is for ever.
    facts = {"view": view.id, "query": view.filters.to_query(), "shared": view.shared}
    ledger.append(tx, Entry(event, view.owner_id, subject=view.owner_id, facts=facts))
