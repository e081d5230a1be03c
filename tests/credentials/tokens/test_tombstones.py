"""How long a token is remembered."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from broker.access.grant import Grant
from broker.credentials.tokens.access_token import Mint
from broker.credentials.tokens.issue import LIFETIME
from broker.credentials.tokens.revoke import revoke_by_id
from broker.credentials.tokens.tables import access_tokens
from broker.credentials.tokens.tombstones import KEPT_PAST_END, forget_tokens
from broker.policy.coherence import LONGEST_TOKEN
from tests.credentials.tokens.conftest import Issue
from tests.fakes.clinic import Clinic


def kept(clinic: Clinic) -> int:
    with clinic.store.read() as reader:
        return reader.execute(select(func.count()).select_from(access_tokens)).scalar_one()


@pytest.mark.parametrize("revoked", [False, True])
def test_a_token_is_remembered_past_its_end_and_then_forgotten(
    clinic: Clinic, mint: Mint, grant: Grant, issued_for: Issue, revoked: bool
) -> None:
    """Taken back or not: at its end plus a day it is still there, an instant later it is not."""
    issued = issued_for(grant)
    if revoked:
        with clinic.store.write() as tx:
            revoke_by_id(tx, mint, issued.token.jti, actor="broker", why="test")
    left = issued.token.expires_at + KEPT_PAST_END - clinic.clock.now()
    clinic.clock.advance(seconds=left.total_seconds())
    assert (forget_tokens(clinic.store), kept(clinic)) == (0, 1)
    clinic.clock.advance(microseconds=1)
    assert (forget_tokens(clinic.store), kept(clinic)) == (1, 0)


def test_a_tombstone_outlives_whatever_a_checker_may_still_believe() -> None:
    """The longest token and an hour's wrong clock are over long before its row goes."""
    assert max(LIFETIME, LONGEST_TOKEN) + timedelta(hours=1) < KEPT_PAST_END
