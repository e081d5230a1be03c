"""The key a new token is to be bound to (RFC 9449)."""

from __future__ import annotations

from authlib.oauth2 import OAuth2Error
from flask import request

from broker.credentials.clients.register import Client
from broker.credentials.dpop.at_the_door import bound_key
from broker.verify.dpop import INVALID_PROOF
from broker.web.issuing.places import token_url
from broker.web.parts import parts


def key_shown(client: Client) -> str | None:
    """Its thumbprint, None for a bearer token. Raises DpopRefused; the proof is used up with this."""
    proofs = request.headers.getlist("DPoP")
    door, now = parts().dpop_door, parts().clock.now()
    jkt = bound_key(door, proofs, method="POST", url=token_url(), now=now)
    if jkt is None and client.dpop_required:
        raise OAuth2Error(error=INVALID_PROOF, description="This client gets no token without a DPoP proof.")
    return jkt


def fresh_nonce() -> str:
    return parts().dpop_door.nonces.fresh(parts().clock.now())
