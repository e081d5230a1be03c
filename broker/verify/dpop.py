"""Proofs of possession (DPoP, RFC 9449): whoever uses a token shows that it holds the token's key.

Whether a proof was seen before, and whether its nonce is one of ours, only
somebody with a memory can say: :mod:`broker.credentials.dpop` for the broker
itself, :mod:`broker.verify.replays` for a resource server.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from broker.errors import Refused
from broker.verify.compact import Compact, Unreadable, read_compact, text_claim, whole_number
from broker.verify.proof_key import proof_key
from broker.verify.target import same_target

PROOF_TYPE = "dpop+jwt"
OLDEST = timedelta(seconds=60)
AHEAD = timedelta(seconds=10)
"""How far the clock of whoever made a proof may run before ours."""
LONGEST_ID = 256

INVALID_PROOF = "invalid_dpop_proof"
USE_NONCE = "use_dpop_nonce"


class DpopRefused(Refused):
    """``code`` is RFC 9449's error code, ``why`` the reason in one word; ``nonce`` is one to try again with."""

    help = "Make a new proof for this very request, with the key the token is bound to."

    def __init__(self, why: str, *, code: str = INVALID_PROOF, nonce: str | None = None) -> None:
        super().__init__(f"The proof of possession is refused: {why.replace('_', ' ')}.")
        self.why = why
        self.code = code
        self.nonce = nonce


@dataclass(frozen=True)
class DpopProof:
    """``jkt`` is the RFC 7638 thumbprint (SHA-256, base64url) of the key that made it; ``iat`` is UTC."""

    jkt: str
    jti: str
    iat: datetime
    nonce: str | None

    @property
    def digest(self) -> str:
        """What a memory of used proofs keeps: 64 hex digits, the same for no other key or id."""
        return hashlib.sha256(f"{self.jkt} {self.jti}".encode()).hexdigest()

    @property
    def worthless_from(self) -> datetime:
        """From here on its age alone refuses it, also where a clock runs behind, so that it can be forgotten."""
        return self.iat + OLDEST + timedelta(seconds=60)


def check_proof(
    text: str, *, method: str, url: str, now: datetime, access_token: str | None = None
) -> DpopProof:
    """The proof, if it was made for this request at about ``now``; raises :class:`DpopRefused`.

    ``url`` is the address as the caller knows it, not as a proxy passed it on.
    With ``access_token`` the proof must have been made for that token.
    """
    try:
        compact = read_compact(text, PROOF_TYPE)
        jkt = _signed_by(compact)
        _check_request(compact, method, url)
        _check_token(compact, access_token)
        return _proof(compact, jkt, now)
    except Unreadable as error:
        raise DpopRefused(error.why) from None


def _signed_by(compact: Compact) -> str:
    key = proof_key(compact.header.get("jwk"))
    compact.check_signature(key)
    return key.thumbprint()


def _check_request(compact: Compact, method: str, url: str) -> None:
    if text_claim(compact.claims, "htm", 32) != method:
        raise Unreadable("wrong_method")
    if not same_target(text_claim(compact.claims, "htu", 2048), url):
        raise Unreadable("wrong_target")


def _check_token(compact: Compact, access_token: str | None) -> None:
    if access_token is None:
        return
    digest = hashlib.sha256(access_token.encode()).digest()
    expected = base64.urlsafe_b64encode(digest).rstrip(b"=")
    if not hmac.compare_digest(text_claim(compact.claims, "ath", 64).encode(), expected):
        raise Unreadable("wrong_token")


def _proof(compact: Compact, jkt: str, now: datetime) -> DpopProof:
    seconds, jti = whole_number(compact.claims, "iat"), text_claim(compact.claims, "jti", LONGEST_ID)
    if seconds < (now - OLDEST).timestamp():
        raise Unreadable("too_old")
    if seconds > (now + AHEAD).timestamp():
        raise Unreadable("not_yet")
    nonce = compact.claims.get("nonce")
    if nonce is not None:
        nonce = text_claim(compact.claims, "nonce", LONGEST_ID)
    return DpopProof(jkt, jti, datetime.fromtimestamp(seconds, UTC), nonce)
