"""A token that opens nothing: why, and what to answer the caller."""

from __future__ import annotations

from broker.errors import Refused
from broker.verify.compact import ALGORITHMS

BEARER, DPOP = "Bearer", "DPoP"
_STATUS = {
    "invalid_request": 400,
    "insufficient_scope": 403,
    "temporarily_unavailable": 503,
}


class TokenRefused(Refused):
    """``why`` is the reason in one word, ``code`` the error code of RFC 6750 and RFC 9449.

    ``status`` and ``www_authenticate`` are what the resource server answers;
    ``www_authenticate`` is empty where the caller can do nothing about it.
    """

    help = "Ask the broker for a new token, and use it as it says."

    def __init__(self, why: str, *, code: str = "invalid_token", scheme: str = "") -> None:
        super().__init__(f"The access token is refused: {why.replace('_', ' ')}.")
        self.why = why
        self.code = code
        self.status = _STATUS.get(code, 401)
        self.www_authenticate = _challenges(scheme, code, str(self))


class NoToken(TokenRefused):
    """The request carries none, so the answer names no error (RFC 6750, section 3.1)."""

    def __init__(self) -> None:
        super().__init__("no_token")
        self.www_authenticate = _challenges("", "", "")


class CannotTell(TokenRefused):
    """Whoever could tell cannot be asked; nothing is opened meanwhile."""

    help = "Try again in a moment; if it stays, tell whoever runs the broker."

    def __init__(self, why: str) -> None:
        super().__init__(why, code="temporarily_unavailable")
        self.www_authenticate = ""


def _challenges(scheme: str, code: str, sentence: str) -> str:
    """One for the scheme that was used, or for both when none was."""
    said = f'error="{code}", error_description="{sentence}"' if code else ""
    algorithms = f'algs="{" ".join(ALGORITHMS)}"'
    made = {DPOP: ", ".join(filter(None, [algorithms, said])), BEARER: said}
    wanted = [scheme] if scheme in made else list(made)
    return ", ".join(f"{name} {made[name]}".rstrip() for name in wanted)
