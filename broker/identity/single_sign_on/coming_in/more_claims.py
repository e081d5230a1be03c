"""What the ID token leaves out is asked for at the provider's userinfo endpoint."""

from __future__ import annotations

from dataclasses import replace

from broker.identity.single_sign_on.coming_in.id_token import Vouched
from broker.identity.single_sign_on.provider.provider import Provider
from broker.identity.single_sign_on.refused import SignOnRefused, Why
from broker.identity.single_sign_on.rules import Rules


def complete(provider: Provider, vouched: Vouched, access_token: str, rules: Rules) -> Vouched:
    """With email and groups, where they are to be had. The ID token's own claims win."""
    wanted = {"email", *([rules.groups_claim] if rules.groups else [])}
    userinfo = provider.metadata().userinfo
    if not userinfo or not wanted - set(vouched.claims):
        return vouched
    said = provider.fetch(userinfo, access_token)
    # Somebody else's access token would bring somebody else's groups.
    if said.get("sub") != vouched.subject:
        raise SignOnRefused(Why.FORGED, "userinfo is about somebody else")
    return replace(vouched, claims={**said, **vouched.claims})
