"""A clinic whose past is counted, on every database the product supports."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from broker.access.tables import grants
from broker.clock import SettableClock
from broker.review.history.filters import Filters
from broker.review.pictures.counting import Question
from broker.review.pictures.drawing import Picture
from broker.store import Store
from tests.fakes.past import Past


class Counted(Past):
    """``change`` makes a row of the past say what no test can wait for."""

    def change(self, grant_id: str, **values: object) -> None:
        with self.store.write() as tx:
            tx.execute(update(grants).where(grants.c.id == grant_id).values(**values))


@pytest.fixture
def counted(any_store: Store, clock: SettableClock) -> Counted:
    return Counted(any_store, clock)


def asked(reader: object, past: Past, **filters: object) -> Question:
    return Question(reader, Filters(**filters), past.zone)  # type: ignore[arg-type]


def table(picture: Picture) -> list[tuple[str, ...]]:
    return [tuple(cell.text for cell in row) for row in picture.rows]


def address(filters: Filters) -> str:
    return "&".join(f"{name}={value}" for name, value in filters.to_query().items())
