"""An event is signed by the keys of tokens, and opens nothing anywhere."""

from __future__ import annotations

import pytest

from broker.credentials.signals.said import access_ended
from broker.credentials.signals.security_event import SecurityEvent, signed
from broker.credentials.tokens.access_token import Mint
from broker.credentials.tokens.check import live_token
from broker.verify import TokenRefused, TokenVerifier
from tests.credentials.signals.conftest import ISSUER, RECORDS, Office


def test_nobody_takes_an_event_for_a_token(office: Office) -> None:
    """Not the broker, and not a resource server, though issuer, audience, key and jti are those of a live token."""
    grant = office.grant()
    token = office.token(grant)
    at = office.clinic.clock.now()
    said = access_ended(ISSUER, grant=grant, person=str(token.person_id), cause="expired", at=at)
    claims = {"exp": int(at.timestamp()) + 300, "sub": token.person_id, "client_id": token.client_id, **said}
    text = signed(SecurityEvent(token.jti, RECORDS, at, claims), ISSUER, office.keys)
    mint = Mint(ISSUER, office.keys, office.desk.ledger)
    with office.store.read() as reader:
        assert live_token(reader, mint, text, audience=RECORDS) is None
    verifier = TokenVerifier(
        ISSUER, RECORDS, jwks=office.keys.published().as_dict(), clock=office.clinic.clock
    )
    with pytest.raises(TokenRefused):
        verifier.check(f"Bearer {text}", method="GET", url=f"{RECORDS}/1")
