from collections.abc import Callable

import pytest

from broker.identity.factors.forget_factor import forget_factor
from broker.identity.factors.refusal import FactorRefused
from broker.identity.people import by_id
from broker.identity.sessions.sessions import look_up
from broker.ledger.chain import Ledger
from broker.store import Store
from tests.identity.conftest import Desk, Someone


def test_a_forgotten_factor_opens_nothing_and_ends_every_session(
    store: Store, ledger: Ledger, desk: Desk, clinician: Someone, events: Callable[[], list[str]]
) -> None:
    """Old codes, old recovery codes and old sessions are worthless; the person enrols anew."""
    token = desk.sign_in(clinician)
    with store.write() as tx:
        forget_factor(tx, ledger, clinician.id, actor="command-line")
    with store.read() as reader:
        assert look_up(reader, token) is None
        assert not by_id(reader, clinician.id).has_factor
    again = desk.password(clinician.email)
    for code in (clinician.phone.code(steps=1), clinician.recovery_codes[0]):
        with pytest.raises(FactorRefused):
            desk.code(again, code)
    assert "factor.forgotten" in events()
