from __future__ import annotations

from datetime import timedelta

import pytest

from broker.errors import NotFound
from broker.identity.factors import totp
from broker.identity.factors.demo_code import current_code


@pytest.fixture
def code_now(store, box, clinician, clock):
    def ask():
        with store.read() as reader:
            return current_code(reader, box, clinician.id, clock.wall())

    return ask


def test_every_code_it_prints_is_accepted(store, box, clinician, clock, code_now):
    """The current one, then the next, then a wait that is exactly long enough."""
    printed = []
    for _ in range(2):
        printed.append(code_now())
        with store.write() as tx:
            assert totp.consume(tx, box, clinician.id, printed[-1].code, clock.wall()) is None
    assert [shown.step - totp.step_at(clock.wall()) for shown in printed] == [0, 1]
    assert printed[0].code == clinician.phone.code()
    clock.advance(seconds=10)
    wait = code_now()
    assert wait == timedelta(seconds=20)
    clock.advance(seconds=wait.total_seconds())
    with store.write() as tx:
        assert totp.consume(tx, box, clinician.id, code_now().code, clock.wall()) is None


def test_there_is_no_code_before_enrolment(store, box, newcomer, clock):
    """It says what is missing."""
    with pytest.raises(NotFound), store.read() as reader:
        current_code(reader, box, newcomer, clock.wall())
