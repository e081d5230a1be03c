"""The life of one plea to begin anew: one table of moves, one function that moves."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, select, update

from broker.errors import Conflict, IllegalMove, NotFound
from broker.identity.factors.lost.tables import factor_resets
from broker.store import Reader, Transaction

LAPSES_AFTER = timedelta(minutes=30)
OPEN_FOR = timedelta(minutes=15)


class ResetState(StrEnum):
    ASKED = "asked"
    VOUCHED = "vouched"  # that browser may set up anew now
    REFUSED = "refused"
    STOPPED = "stopped"  # by the person themselves, from where they are signed in, or by an operator
    LAPSED = "lapsed"
    DONE = "done"


MOVES: Mapping[ResetState, frozenset[ResetState]] = {
    ResetState.ASKED: frozenset(
        {ResetState.VOUCHED, ResetState.REFUSED, ResetState.STOPPED, ResetState.LAPSED}
    ),
    ResetState.VOUCHED: frozenset({ResetState.DONE, ResetState.STOPPED, ResetState.LAPSED}),
    ResetState.REFUSED: frozenset(),
    ResetState.STOPPED: frozenset(),
    ResetState.LAPSED: frozenset(),
    ResetState.DONE: frozenset(),
}
OPEN_STATES = tuple(state.value for state in (ResetState.ASKED, ResetState.VOUCHED))


@dataclass(frozen=True)
class Reset:
    """``open_until``: until when the asking browser may set up anew, once somebody vouched."""

    id: str
    person_id: str
    token_digest: str
    reason: str
    device: str
    state: ResetState
    asked_at: datetime
    lapses_at: datetime
    wrong_codes: int
    decided_by: str | None
    decided_at: datetime | None
    open_until: datetime | None
    closed_at: datetime | None

    def state_at(self, now: datetime) -> ResetState:
        """As a reader should believe it now: past its time it is lapsed, marked or not."""
        late = (self.state is ResetState.ASKED and self.lapses_at <= now) or (
            self.state is ResetState.VOUCHED and (self.open_until is None or self.open_until <= now)
        )
        return ResetState.LAPSED if late else self.state


def get_reset(reader: Reader, reset_id: str) -> Reset:
    """The plea, or NotFound."""
    row = reader.one_or_none(select(factor_resets).where(factor_resets.c.id == reset_id))
    if row is None:
        raise NotFound("There is no such plea for help.", help="Look at what is waiting for you.")
    return _from(row)


def reset_of_browser(reader: Reader, token: str) -> Reset | None:
    """The plea made in the browser that holds ``token``."""
    row = reader.one_or_none(select(factor_resets).where(factor_resets.c.token_digest == digest_of(token)))
    return None if row is None else _from(row)


def open_resets(reader: Reader, person_id: str | None = None) -> list[Reset]:
    """What still waits or may still be used, the oldest first; of everybody when no person is named."""
    still = select(factor_resets).where(factor_resets.c.state.in_(OPEN_STATES))
    if person_id is not None:
        still = still.where(factor_resets.c.person_id == person_id)
    found = [_from(row) for row in reader.all(still.order_by(factor_resets.c.asked_at, factor_resets.c.id))]
    return [each for each in found if each.state_at(reader.at) is not ResetState.LAPSED]


def move_reset(tx: Transaction, reset: Reset, to: ResetState, **changes: Any) -> Reset:
    """Move along the table. IllegalMove off the table, Conflict when somebody else moved first or its time is over."""
    if to not in MOVES[reset.state]:
        raise IllegalMove(f"A plea that is {reset.state} cannot become {to}.")
    over = to is not ResetState.LAPSED and reset.state_at(tx.at) is ResetState.LAPSED
    closed = None if to is ResetState.VOUCHED else tx.at
    unmoved = (factor_resets.c.id == reset.id) & (factor_resets.c.state == reset.state.value)
    moved = update(factor_resets).where(unmoved).values(state=to.value, closed_at=closed, **changes)
    if over or tx.execute(moved).rowcount != 1:
        raise Conflict("This plea for help is over.", help="It can be made again.")
    return get_reset(tx, reset.id)


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _from(row: Row[Any]) -> Reset:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns
    return Reset(**{**values, "state": ResetState(values["state"])})
