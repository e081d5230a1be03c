"""One sign-in at the provider, from leaving until coming back."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from authlib.integrations.requests_client import OAuth2Session

from broker.identity.single_sign_on.provider.provider import Provider
from broker.identity.single_sign_on.rules import Rules

LIMIT = timedelta(minutes=10)
_BYTES = 32


@dataclass(frozen=True)
class Attempt:
    """Stays in this browser alone. ``wanted`` is the page to come back to."""

    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    wanted: str


def new_attempt(wanted: str) -> Attempt:
    state, nonce, verifier = (secrets.token_urlsafe(_BYTES) for _ in range(3))
    return Attempt(state, nonce, verifier, wanted)


def way_to_provider(provider: Provider, rules: Rules, attempt: Attempt) -> str:
    """Where to send the browser. ProviderSilent when nobody knows."""
    metadata, known_as = provider.metadata(), provider.registration
    client = OAuth2Session(
        known_as.client_id,
        scope=known_as.scopes,
        redirect_uri=known_as.callback,
        code_challenge_method="S256",
    )
    with client:
        asked = _asked_for(rules, takes_claims=metadata.takes_claims)
        address, _ = client.create_authorization_url(
            metadata.authorization,
            state=attempt.state,
            nonce=attempt.nonce,
            code_verifier=attempt.verifier,
            **asked,
        )
    return str(address)


def _asked_for(rules: Rules, *, takes_claims: bool) -> dict[str, str]:
    asked: dict[str, str] = {}
    if rules.acr_values:
        asked["acr_values"] = " ".join(rules.acr_values)
    if rules.max_age is not None:
        asked["max_age"] = str(int(rules.max_age.total_seconds()))
    if takes_claims and rules.acr_values:
        # Without "essential" a provider may answer with less than it was asked for.
        acr = {"essential": True, "values": list(rules.acr_values)}
        asked["claims"] = json.dumps({"id_token": {"acr": acr, "auth_time": {"essential": True}}})
    return asked
