"""Codes: handed out, found again, held against a verifier, forgotten."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from broker.clock import SettableClock
from broker.credentials.authorizing.code import (
    LONGEST,
    Allowed,
    find_code,
    fits_challenge,
    forget_codes,
    hand_out,
)
from broker.credentials.authorizing.tables import authorization_codes
from broker.credentials.clients.register import AuthMethod, GrantType, NewClient, register_client
from broker.ledger.chain import Ledger
from broker.store import Store

# The example of RFC 7636, appendix B.
VERIFIER, CHALLENGE = (
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
)


@pytest.fixture
def allowed(store: Store, ledger: Ledger) -> Allowed:
    new = NewClient("App", AuthMethod.NONE, ("https://app.example/",), frozenset({GrantType.CODE}))
    with store.write() as tx:
        client = register_client(tx, ledger, new, actor="broker")
    return Allowed(
        client_id=client.id,
        person_id="person_1",
        session_id="session_1",
        redirect_uri="https://app.example/",
        challenge=CHALLENGE,
        scopes=frozenset({"b", "a"}),
        amr=("otp", "mfa"),
    )


def test_what_was_allowed_is_found_by_the_code_and_nothing_else(
    store: Store, ledger: Ledger, allowed: Allowed
) -> None:
    with store.write() as tx:
        text = hand_out(tx, ledger, allowed)
        found = find_code(tx, text)
        assert found is not None
        assert found.allowed == allowed
        for other in ("", text[:-1], text + "x", "x" * (LONGEST + 1), "\ud800"):
            assert find_code(tx, other) is None


def test_a_code_is_remembered_for_a_day_past_its_end(
    store: Store, ledger: Ledger, allowed: Allowed, clock: SettableClock
) -> None:
    """So that one found in a log is still known as used; then it is as if it had never been."""
    with store.write() as tx:
        hand_out(tx, ledger, allowed)
    clock.advance(hours=24, seconds=60)
    forget_codes(store)
    with store.read() as reader:
        assert len(reader.all(select(authorization_codes))) == 1
    clock.advance(seconds=1)
    forget_codes(store)
    with store.read() as reader:
        assert reader.all(select(authorization_codes)) == []


def test_the_standards_own_example() -> None:
    assert fits_challenge(VERIFIER, CHALLENGE)
    assert not fits_challenge(CHALLENGE, CHALLENGE)


@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_no_other_text_fits(verifier: str) -> None:
    """Whatever characters it is made of."""
    assert fits_challenge(verifier, CHALLENGE) == (verifier == VERIFIER)
