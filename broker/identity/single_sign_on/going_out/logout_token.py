"""Whether a logout token is the provider's order to end sessions (OpenID Connect Back-Channel Logout 1.0)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from broker.identity.single_sign_on.coming_in.id_token import SKEW, check_parties, instant, text
from broker.identity.single_sign_on.provider.provider import Provider
from broker.identity.single_sign_on.provider.signed import read_signed
from broker.identity.single_sign_on.refused import SignOnRefused, Why

EVENT = "http://schemas.openid.net/event/backchannel-logout"
# The standard only recommends it. Without it every other token the provider signs for us would have to be told apart
# by what is in it.
TYPES = frozenset({"logout+jwt"})
OLDEST = timedelta(minutes=10)


@dataclass(frozen=True)
class Order:
    """One of ``subject`` and ``sid`` is not empty; without ``sid`` every session of the subject is meant."""

    issuer: str
    jti: str
    subject: str
    sid: str
    ordered_at: datetime


def read_order(provider: Provider, logout_token: str, now: datetime) -> Order:
    """SignOnRefused (FORGED) for everything else, an ID token included. ProviderSilent when no key is known."""
    claims = read_signed(provider, logout_token, types=TYPES).claims
    check_parties(claims, provider.registration.issuer, provider.registration.client_id)
    ordered_at = instant(claims, "iat")
    if not now - OLDEST <= ordered_at <= now + SKEW:
        raise _forged("iat")
    if "exp" in claims and instant(claims, "exp") <= now:
        raise _forged("exp")
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise _forged("events")
    # An ID token carries one; it must never pass for an order.
    if "nonce" in claims:
        raise _forged("nonce")
    subject, sid = text(claims, "sub"), text(claims, "sid")
    if not subject and not sid:
        raise _forged("sub and sid")
    return Order(provider.registration.issuer, text(claims, "jti", needed=True), subject, sid, ordered_at)


def _forged(detail: str) -> SignOnRefused:
    return SignOnRefused(Why.FORGED, detail)
