"""Asks whoever calls for the key a token is, or is to be, bound to (RFC 9449)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from broker.credentials.dpop.nonces import Nonces
from broker.credentials.dpop.used_proofs import use_up
from broker.store import Store
from broker.verify.dpop import USE_NONCE, DpopProof, DpopRefused, check_proof


@dataclass(frozen=True)
class Door:
    """What remembers proofs and hands out nonces. ``nonces.fresh(now)`` goes into DPoP-Nonce of any answer."""

    store: Store
    nonces: Nonces


def bound_key(
    door: Door,
    proofs: Sequence[str],
    *,
    method: str,
    url: str,
    now: datetime,
    access_token: str | None = None,
) -> str | None:
    """The thumbprint of the key the caller holds, None when it shows no proof; raises :class:`DpopRefused`.

    ``proofs`` are all DPoP headers of the request, ``url`` its address without
    query by the broker's own name, never by the Host header. The proof is used
    up in a transaction of its own, so this must not run inside another.
    ``DpopRefused.nonce`` goes into the DPoP-Nonce header of the refusal.
    """
    if not proofs:
        return None
    if len(proofs) > 1:
        raise DpopRefused("several_proofs")
    proof = check_proof(proofs[0], method=method, url=url, now=now, access_token=access_token)
    _check_nonce(door.nonces, proof, now)
    with door.store.write() as tx:
        new = use_up(tx, proof)
    if not new:
        raise DpopRefused("replayed")
    return proof.jkt


def prove_holder(
    door: Door,
    proofs: Sequence[str],
    *,
    scheme: str,
    jkt: str | None,
    access_token: str,
    method: str,
    url: str,
    now: datetime,
) -> None:
    """Refused unless the caller may use this token: a bound one only with a proof by its very key.

    ``scheme`` is the word before the token in the Authorization header; ``jkt``
    is what the token is bound to, None for a bearer token.
    """
    if scheme.lower() != ("bearer" if jkt is None else "dpop"):
        raise DpopRefused("wrong_scheme", code="invalid_token")
    if jkt is None:
        return
    shown = bound_key(door, proofs, method=method, url=url, now=now, access_token=access_token)
    if shown is None:
        raise DpopRefused("no_proof")
    if shown != jkt:
        raise DpopRefused("wrong_key", code="invalid_token")


def _check_nonce(nonces: Nonces, proof: DpopProof, now: datetime) -> None:
    if not nonces.accepts(proof.nonce, now):
        raise DpopRefused("stale_nonce", code=USE_NONCE, nonce=nonces.fresh(now))
