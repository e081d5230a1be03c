"""Signing out here signs out at the provider, too: the next person at a ward PC must not come in as this one."""

from __future__ import annotations

from urllib.parse import urlencode

from broker.identity.single_sign_on.provider.provider import Provider
from broker.identity.single_sign_on.refused import ProviderSilent


def way_out(provider: Provider, id_token: str) -> str:
    """The address that ends the provider's session (RP-Initiated Logout 1.0); empty when there is none."""
    try:
        end_session = provider.metadata().end_session
    except ProviderSilent:
        return ""
    known_as = provider.registration
    hint = {"id_token_hint": id_token} if id_token else {}
    said = {"client_id": known_as.client_id, "post_logout_redirect_uri": known_as.signed_out, **hint}
    joint = "&" if "?" in end_session else "?"
    return f"{end_session}{joint}{urlencode(said)}" if end_session else ""
