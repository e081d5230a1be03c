"""How sure the broker was of the person, in the words other software knows.

``acr`` is one of two published names, neither of which claims a certificate that
the product cannot hold for its user (as a NIST level or a federation's profile would):
``phr`` (OpenID EAP, registered with IANA: phishing-resistant) for a passkey, and
PAPE's ``multi-factor`` for every other second factor. ``amr`` is from RFC 8176 and EAP's
registration; it has no word for a recovery code, which therefore says ``mfa`` alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from broker.identity.factors.step_up import Method

PHISHING_RESISTANT = "phr"
MULTI_FACTOR = "http://schemas.openid.net/pape/policies/2007/06/multi-factor"

ACR: Mapping[Method, str] = {
    Method.PASSKEY: PHISHING_RESISTANT,
    Method.TOTP: MULTI_FACTOR,
    Method.RECOVERY: MULTI_FACTOR,
    Method.SSO: MULTI_FACTOR,
}
AMR: Mapping[Method, tuple[str, ...]] = {
    Method.PASSKEY: ("mfa", "pop", "user"),
    Method.TOTP: ("mfa", "otp"),
    Method.RECOVERY: ("mfa",),
    Method.SSO: ("mfa",),
}


@dataclass(frozen=True)
class Assurance:
    """What a token says of the proof behind it. ``auth_time`` is when it was given."""

    acr: str
    amr: tuple[str, ...]
    auth_time: datetime

    @classmethod
    def of(cls, method: str, at: datetime) -> Assurance:
        """``method`` is a ``Method``'s value; ValueError for any other text."""
        known = Method(method)
        return cls(ACR[known], AMR[known], at)
