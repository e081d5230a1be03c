"""What software reads before it speaks: metadata (RFC 8414), and the keys that sign tokens (RFC 7517)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from broker.credentials.clients.public_keys import ALGORITHM_BY_KIND
from broker.credentials.clients.register import AuthMethod, GrantType
from broker.credentials.clients.scopes import SCOPES
from broker.credentials.tokens.details import TYPE
from broker.keyring.lifetimes import JWKS_LIFETIME
from broker.verify.compact import ALGORITHMS as PROOF_ALGORITHMS
from broker.web.issuing.places import AUTHORIZE, INTROSPECT, JWKS, METADATA, REVOKE, TOKEN, address_of
from broker.web.issuing.refusals import answer_as_oauth
from broker.web.parts import parts

software = Blueprint("documents", __name__)
answer_as_oauth(software)

KEPT_S = int(JWKS_LIFETIME.total_seconds())


@software.get(METADATA)
def metadata() -> Response:
    return _public(_metadata())


@software.get(JWKS)
def keys() -> Response:
    found = dict(parts().mint.keys.published().as_dict(private=False))
    # A new broker makes its first key in its first second: nobody may keep for minutes that there is none.
    return _public(found) if found["keys"] else jsonify(found)


def _metadata() -> dict[str, Any]:
    proofs = [method.value for method in AuthMethod if method is not AuthMethod.NONE]
    algorithms = list(ALGORITHM_BY_KIND.values())
    return {
        "issuer": parts().mint.issuer,
        "authorization_endpoint": address_of(AUTHORIZE),
        "token_endpoint": address_of(TOKEN),
        "jwks_uri": address_of(JWKS),
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": [kind.value for kind in GrantType],
        "token_endpoint_auth_methods_supported": [AuthMethod.NONE.value, *proofs],
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "revocation_endpoint": address_of(REVOKE),
        "revocation_endpoint_auth_methods_supported": [AuthMethod.NONE.value, *proofs],
        "revocation_endpoint_auth_signing_alg_values_supported": algorithms,
        "introspection_endpoint": address_of(INTROSPECT),
        "introspection_endpoint_auth_methods_supported": proofs,
        "introspection_endpoint_auth_signing_alg_values_supported": algorithms,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "authorization_details_types_supported": [TYPE],
        "dpop_signing_alg_values_supported": list(PROOF_ALGORITHMS),
    }


def _public(document: dict[str, Any]) -> Response:
    answer = jsonify(document)
    answer.cache_control.public, answer.cache_control.max_age = True, KEPT_S
    return answer
