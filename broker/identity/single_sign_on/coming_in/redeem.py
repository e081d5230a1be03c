"""The code that came back becomes what the provider says about the person."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.jwk import ECKey

from broker.adapters.pinned import mount_pinned
from broker.errors import SiteError
from broker.identity.single_sign_on.coming_in.attempt import Attempt
from broker.identity.single_sign_on.provider.discovery import Metadata
from broker.identity.single_sign_on.provider.fetch import PATIENCE
from broker.identity.single_sign_on.provider.provider import Provider
from broker.identity.single_sign_on.provider.registration import Registration
from broker.identity.single_sign_on.refused import ProviderSilent, SignOnRefused, Why


@dataclass(frozen=True)
class Redeemed:
    """Texts as they came; neither is believed before it was checked."""

    id_token: str = field(repr=False)
    access_token: str = field(repr=False)


def redeem(provider: Provider, attempt: Attempt, code: str) -> Redeemed:
    """SignOnRefused when the provider does not take the code, ProviderSilent when it does not answer."""
    metadata, known_as = provider.metadata(), provider.registration
    try:
        with _client(known_as, metadata) as client:
            token = client.fetch_token(
                metadata.token,
                grant_type="authorization_code",
                code=code,
                code_verifier=attempt.verifier,
                timeout=PATIENCE,
                allow_redirects=False,
            )
    except AuthlibBaseError as error:
        raise SignOnRefused(
            Why.FORGED, f"the provider did not take the code: {type(error).__name__}"
        ) from error
    except (requests.RequestException, SiteError, ValueError) as error:
        raise ProviderSilent(type(error).__name__) from error
    return Redeemed(_text(token, "id_token"), _text(token, "access_token"))


def _client(known_as: Registration, metadata: Metadata) -> OAuth2Session:
    method = "client_secret_post" if metadata.secret_in_body else "client_secret_basic"
    client = OAuth2Session(
        known_as.client_id,
        known_as.key or known_as.secret,
        token_endpoint_auth_method="private_key_jwt" if known_as.key else method,
        redirect_uri=known_as.callback,
    )
    if known_as.key:
        alg = "ES256" if isinstance(known_as.key, ECKey) else "RS256"
        kid = {"kid": known_as.key.thumbprint()}
        client.register_client_auth_method(PrivateKeyJWT(metadata.token, headers=kid, alg=alg))
    mount_pinned(client, allow_private=known_as.private_network)
    return client


def _text(token: Any, name: str) -> str:
    found = token.get(name)
    if not isinstance(found, str) or not found:
        raise SignOnRefused(Why.FORGED, f"no {name}")
    return found
