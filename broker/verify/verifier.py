"""Whether a request may in: its token checked from end to end, offline, and at the broker where that was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from broker.clock import Clock, SystemClock
from broker.verify.access import Access, bound_to, read_access
from broker.verify.claims import check_claims
from broker.verify.compact import Compact, Unreadable, read_compact, text_claim
from broker.verify.dpop import DpopRefused, check_proof
from broker.verify.introspection import Introspection
from broker.verify.json_over_http import Line
from broker.verify.key_source import FetchedKeys, FixedKeys
from broker.verify.refused import BEARER, DPOP, NoToken, TokenRefused
from broker.verify.replays import Replays, ReplaysInMemory

_TYPE = "at+jwt"
_SCHEMES = {"bearer": BEARER, "dpop": DPOP}


class TokenVerifier:
    """Made once, used by every request and thread of one resource server."""

    def __init__(
        self,
        issuer: str,
        audience: str,
        *,
        jwks: str | Mapping[str, Any] | None = None,
        introspection: Introspection | None = None,
        dpop_required: bool = False,
        replays: Replays | None = None,
        clock: Clock | None = None,
    ) -> None:
        """``issuer`` is the broker's address, ``audience`` the one tokens for this server name.

        ``jwks`` is an address or a document; when absent, what the broker
        publishes at ``issuer``/oauth/jwks. ConfigurationError for an address that is not https.
        """
        self._issuer, self._audience = issuer.rstrip("/"), audience
        self._keys = _keys(jwks or f"{self._issuer}/oauth/jwks")
        self._introspection = introspection
        self._dpop_required = dpop_required
        self._replays = replays or ReplaysInMemory()
        self._clock = clock or SystemClock()

    def check(
        self, authorization: str | None, *, method: str, url: str, dpop_proofs: Sequence[str] = ()
    ) -> Access:
        """What the request's token opens; raises :class:`TokenRefused`.

        ``authorization`` and ``dpop_proofs`` are the request's Authorization
        header and all its DPoP headers. ``url`` is the address the caller used,
        by this server's own public name, never by the Host header.
        """
        scheme, text = _credentials(authorization)
        try:
            token = self._signed(text)
            now = self._clock.now()
            check_claims(token.claims, issuer=self._issuer, audience=self._audience, now=now)
            access = read_access(token.claims, self._audience)
            self._check_holder(scheme, token, method, url, dpop_proofs)
        except Unreadable as error:
            raise TokenRefused(error.why, scheme=scheme) from None
        except DpopRefused as error:
            raise TokenRefused(error.why, code=error.code, scheme=DPOP) from None
        if self._introspection and not self._introspection.is_active(text, token.claims, now):
            raise TokenRefused("not_active", scheme=scheme)
        return access

    def _signed(self, text: str) -> Compact:
        token = read_compact(text, _TYPE)
        try:
            kid = text_claim(token.header, "kid", 255)
        except Unreadable:
            raise Unreadable("unknown_key") from None
        key = self._keys.find(kid, self._clock.now())
        if key is None:
            raise Unreadable("unknown_key")
        token.check_signature(key)
        return token

    def _check_holder(
        self, scheme: str, token: Compact, method: str, url: str, proofs: Sequence[str]
    ) -> None:
        jkt = bound_to(token.claims)
        if (scheme == DPOP) != (jkt is not None) or (jkt is None and self._dpop_required):
            raise Unreadable("wrong_scheme")
        if jkt is None:
            return
        if len(proofs) != 1:
            raise DpopRefused("several_proofs" if proofs else "no_proof")
        now = self._clock.now()
        proof = check_proof(proofs[0], method=method, url=url, now=now, access_token=token.text)
        if proof.jkt != jkt:
            raise Unreadable("wrong_key")
        if not self._replays.first_time(proof, now):
            raise DpopRefused("replayed")


def _keys(jwks: str | Mapping[str, Any]) -> FetchedKeys | FixedKeys:
    if isinstance(jwks, str):
        return FetchedKeys(Line(jwks).get)
    return FixedKeys(jwks)


def _credentials(authorization: str | None) -> tuple[str, str]:
    scheme, _, text = (authorization or "").strip(" ").partition(" ")
    known = _SCHEMES.get(scheme.lower())
    if known is None:
        raise NoToken
    if not text or not text.isascii() or " " in text:
        raise TokenRefused("malformed", code="invalid_request", scheme=known)
    return known, text
