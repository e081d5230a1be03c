"""A clinic with notes of every kind, and a policy that keeps them for 400 days."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from broker.clock import SettableClock
from broker.policy.keeping import KeepingRules
from broker.store import Store
from tests.fakes.past import Past

KEPT = timedelta(days=400)


@pytest.fixture
def past(store: Store, clock: SettableClock) -> Past:
    return _past(store, clock)


@pytest.fixture
def past_anywhere(any_store: Store, clock: SettableClock) -> Past:
    """The same on every database."""
    return _past(any_store, clock)


def _past(store: Store, clock: SettableClock) -> Past:
    made = Past(store, clock)
    catalog = replace(made.equipment.catalog, keeping=KeepingRules(notes=KEPT))
    made.equipment = replace(made.equipment, catalog=catalog)
    return made
