"""One commit for a state change and everything that must stand or fall with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, Executable, Row
from sqlalchemy.exc import DBAPIError

from broker.clock import Clock
from broker.errors import Unavailable
from broker.store.ended_elsewhere import AskEnded, EndedElsewhere, nothing
from broker.store.unusable import is_unusable


@dataclass(frozen=True)
class Reader:
    """A consistent look at the database, and what ended without it (``ended``, by id)."""

    connection: Connection
    at: datetime
    ended: EndedElsewhere = field(default_factory=dict)

    def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        return self.connection.execute(statement, parameters)

    def one_or_none(self, statement: Executable, parameters: Any = None) -> Row[Any] | None:
        return self.connection.execute(statement, parameters).one_or_none()

    def all(self, statement: Executable, parameters: Any = None) -> list[Row[Any]]:
        return list(self.connection.execute(statement, parameters).all())


@dataclass(frozen=True)
class Transaction(Reader):
    """A write that commits as a whole; ``at`` is its one instant."""


class Store:
    """Hands out transactions. A database that cannot be used raises Unavailable, never less."""

    def __init__(self, engine: Engine, clock: Clock, ended: AskEnded = nothing) -> None:
        self.engine = engine
        self.clock = clock
        self.ended = ended

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Commit at the end of the block, roll back on any error."""
        with _readable_faults(), self._connect_to_write() as connection, connection.begin():
            yield Transaction(connection, self.clock.now(), self.ended())

    @contextmanager
    def read(self) -> Iterator[Reader]:
        with _readable_faults(), self.engine.connect() as connection, connection.begin():
            yield Reader(connection, self.clock.now(), self.ended())

    def _connect_to_write(self) -> Connection:
        return self.engine.connect().execution_options(broker_writes=True)


@contextmanager
def _readable_faults() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if not is_unusable(error):
            raise
        raise Unavailable(
            "The broker's own store cannot be used right now, so nothing was changed.",
            help="Try again in a minute. Access that is due to end still ends.",
        ) from error
