"""What a provider publishes about itself (OpenID Connect Discovery)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from broker.identity.single_sign_on.refused import ProviderSilent

WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True)
class Metadata:
    """``answers_with_issuer``: its answers carry ``iss`` (RFC 9207). ``takes_claims``: it can be asked for a
    claim as essential. ``end_session`` and ``userinfo`` are empty where there are none.
    """

    issuer: str
    authorization: str
    token: str
    jwks: str
    userinfo: str
    end_session: str
    answers_with_issuer: bool
    takes_claims: bool
    secret_in_body: bool


def discovery_address(issuer: str) -> str:
    return issuer.rstrip("/") + WELL_KNOWN


def read_metadata(found: Mapping[str, Any], issuer: str, *, allow_private: bool) -> Metadata:
    """ProviderSilent unless it is the named issuer's own, with addresses that may be used."""
    if found.get("issuer") != issuer:
        raise ProviderSilent("it names another issuer")
    methods = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Metadata(
        issuer=issuer,
        authorization=_address(found, "authorization_endpoint", allow_private=allow_private),
        token=_address(found, "token_endpoint", allow_private=allow_private),
        jwks=_address(found, "jwks_uri", allow_private=allow_private),
        userinfo=_address(found, "userinfo_endpoint", allow_private=allow_private, needed=False),
        end_session=_address(found, "end_session_endpoint", allow_private=allow_private, needed=False),
        answers_with_issuer=found.get("authorization_response_iss_parameter_supported") is True,
        takes_claims=found.get("claims_parameter_supported") is True,
        secret_in_body="client_secret_basic" not in methods and "client_secret_post" in methods,
    )


def _address(found: Mapping[str, Any], name: str, *, allow_private: bool, needed: bool = True) -> str:
    address = found.get(name, "")
    schemes = {"https", "http"} if allow_private else {"https"}
    if isinstance(address, str) and address.isprintable() and urlsplit(address).scheme in schemes:
        return address
    if needed:
        raise ProviderSilent(f"no usable {name}")
    return ""
