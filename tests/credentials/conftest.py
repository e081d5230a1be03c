"""A signer, a ledger, and a grant that is effective until a test ends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from broker.clock import SettableClock
from broker.credentials.links.link_token import LinkSigner
from broker.credentials.links.links import exchange, issue
from broker.credentials.links.viewings import OpenedViewing
from broker.ledger.chain import Ledger
from broker.store import Reader, Store

GRANT, HOLDER, HOLDING = "grant_one", "person_one", "rec_00112233445566778899"
OLD_KEY, NEW_KEY = b"o" * 32, b"n" * 32


@dataclass
class Grants:
    """Answers whether a grant is effective, as the access room does at every use."""

    ends: dict[str, datetime] = field(default_factory=dict)

    def effective(self, _reader: Reader, grant_id: str, now: datetime) -> bool:
        return grant_id in self.ends and now < self.ends[grant_id]


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def signer() -> LinkSigner:
    return LinkSigner([OLD_KEY, NEW_KEY])


@pytest.fixture
def grants(clock: SettableClock) -> Grants:
    return Grants({GRANT: clock.now() + timedelta(minutes=30)})


@pytest.fixture
def link(store: Store, ledger: Ledger, signer: LinkSigner, grants: Grants) -> str:
    """A link good for ten of the grant's thirty minutes."""
    with store.write() as tx:
        return issue(
            tx,
            ledger,
            signer,
            grant_id=GRANT,
            grant_expires_at=grants.ends[GRANT],
            person_id=HOLDER,
            holding_id=HOLDING,
            expires_at=tx.at + timedelta(minutes=10),
        )


Exchange = Callable[..., OpenedViewing]


@pytest.fixture
def exchanged(store: Store, ledger: Ledger, signer: LinkSigner, grants: Grants) -> Exchange:
    """Exchange a link as its holder, or as somebody else."""

    def act(token: str, person_id: str = HOLDER) -> OpenedViewing:
        return exchange(
            store, ledger, signer, token=token, person_id=person_id, grant_is_effective=grants.effective
        )

    return act
