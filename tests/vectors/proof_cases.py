"""Proofs of possession of every wrong kind, beside the right ones."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from tests.vectors.sample_token import (
    BOUND,
    EC,
    HOLDER,
    NOW,
    OKP,
    RSA,
    THIEF,
    URL,
    Case,
    case,
    token,
    without_none,
)
from tests.vectors.token_signer import Segment, Signer, b64


def proof(text: str, by: Signer = HOLDER, header: Segment | None = None, **changed: Any) -> str:
    claims = {
        "jti": "proof-0001",
        "htm": "GET",
        "htu": URL,
        "iat": NOW - 1,
        "ath": b64(hashlib.sha256(text.encode()).digest()),
    }
    return by.sign(header or proof_head(by), without_none({**claims, **changed}))


def proof_head(by: Signer = HOLDER, **changed: Any) -> dict[str, Any]:
    return without_none({"alg": by.alg, "jwk": by.jwk, "typ": "dpop+jwt", **changed})


def proof_cases() -> Iterator[Case]:
    bound = token(**BOUND)

    def shown(
        name: str, expect: str, *proofs: str, text: str = bound, scheme: str = "DPoP ", **more: Any
    ) -> Case:
        return case(name, text, expect, scheme, **{"proofs": list(proofs), **more})

    yield shown("valid", "ok", proof(bound))
    yield shown("valid, in small letters", "ok", proof(bound), scheme="dpop ")
    for by in (OKP, RSA):
        other = token(cnf={"jkt": by.kid})
        yield shown(f"valid, {by.alg}", "ok", proof(other, by), text=other)
    yield shown("valid, a minute old", "ok", proof(bound, iat=NOW - 60))
    yield shown("valid, a moment ahead", "ok", proof(bound, iat=NOW + 10))
    yield shown("valid, a nonce nobody asked for", "ok", proof(bound, nonce="x"))
    yield from (shown(f"valid, address {name}", "ok", proof(bound, htu=htu)) for name, htu in _same())
    yield from (shown(f"address {name}", "wrong_target", proof(bound, htu=htu)) for name, htu in _others())
    yield shown("used twice", "replayed", proof(bound), twice=True)
    yield shown("stolen: as a bearer token", "wrong_scheme", scheme="Bearer ")
    yield shown("stolen: as a bearer token with a proof", "wrong_scheme", proof(bound), scheme="Bearer ")
    yield shown("stolen: without a proof", "no_proof")
    yield shown("stolen: with a proof of the thief's", "wrong_key", proof(bound, THIEF))
    yield shown(
        "stolen: the holder's key named, the thief's used",
        "bad_signature",
        proof(bound, THIEF, proof_head(HOLDER)),
    )
    yield shown("two proofs", "several_proofs", proof(bound), proof(bound, jti="proof-0002"))
    yield shown("two proofs in one header", "malformed", f"{proof(bound)}, {proof(bound, jti='proof-0002')}")
    yield shown("for another method", "wrong_method", proof(bound, htm="POST"))
    yield shown("method in small letters", "wrong_method", proof(bound, htm="get"))
    yield shown("for another token", "wrong_token", proof(token(EC, **BOUND)))
    yield shown("for no token", "bad_claims", proof(bound, ath=None))
    yield shown("too old", "too_old", proof(bound, iat=NOW - 61))
    yield shown("in the future", "not_yet", proof(bound, iat=NOW + 11))
    yield shown("iat as text", "bad_claims", proof(bound, iat=str(NOW)))
    yield shown("no iat", "bad_claims", proof(bound, iat=None))
    yield shown("no jti", "bad_claims", proof(bound, jti=None))
    yield shown("jti empty", "bad_claims", proof(bound, jti=""))
    yield shown("jti too long", "bad_claims", proof(bound, jti="x" * 257))
    yield shown("no htm", "bad_claims", proof(bound, htm=None))
    yield shown("no htu", "bad_claims", proof(bound, htu=None))
    yield shown("the token in place of a proof", "wrong_type", bound)
    yield shown("empty", "malformed", "")
    yield shown("1 MB", "too_large", "A" * 9000)
    yield from (shown(name, expect, proof(bound, header=header)) for name, header, expect in _proof_headers())
    first, body, mac = proof(bound).split(".")
    yield shown("truncated", "bad_signature", f"{first}.{body}.{mac[:-2]}")
    der = b64(HOLDER.signature(f"{first}.{body}".encode(), der=True))
    yield shown("signature as DER", "bad_signature", f"{first}.{body}.{der}")


def _proof_headers() -> Iterator[tuple[str, Segment, str]]:
    symmetric = {"kty": "oct", "k": "c2VjcmV0"}
    yield "typ JWT", proof_head(typ="JWT"), "wrong_type"
    yield "alg none", proof_head(alg="none"), "wrong_algorithm"
    yield "alg HS256", proof_head(alg="HS256", jwk=symmetric), "wrong_algorithm"
    yield "alg of another key", proof_head(alg="RS256"), "wrong_algorithm"
    yield "no key", proof_head(jwk=None), "bad_key"
    yield "key is text", proof_head(jwk="x"), "bad_key"
    yield "a secret in place of a key", proof_head(jwk=symmetric), "private_key"
    yield "a private key", proof_head(jwk={**HOLDER.jwk, **HOLDER.private}), "private_key"
    yield "a private RSA key", proof_head(RSA, jwk={**RSA.jwk, **RSA.private}), "private_key"
    yield "a point off the curve", proof_head(jwk={**HOLDER.jwk, "y": THIEF.jwk["y"]}), "bad_key"
    yield "a curve nobody uses", proof_head(jwk={**HOLDER.jwk, "crv": "secp256k1"}), "bad_key"
    yield "a coordinate too short", proof_head(jwk={**HOLDER.jwk, "x": HOLDER.jwk["x"][:-4]}), "bad_key"
    yield "a coordinate with padding", proof_head(jwk={**HOLDER.jwk, "x": HOLDER.jwk["x"] + "="}), "bad_key"
    yield (
        "a coordinate missing",
        proof_head(jwk={"kty": "EC", "crv": "P-256", "x": HOLDER.jwk["x"]}),
        "bad_key",
    )
    yield "an RSA key too short", proof_head(RSA, jwk={**RSA.jwk, "n": RSA.jwk["n"][:171]}), "bad_key"
    yield "an RSA key too long", proof_head(RSA, jwk={**RSA.jwk, "n": b64(b"\xff" * 513)}), "bad_key"
    yield (
        "an RSA key with a zero before it",
        proof_head(RSA, jwk={**RSA.jwk, "n": "AA" + RSA.jwk["n"]}),
        "bad_key",
    )
    yield "an RSA exponent of one", proof_head(RSA, jwk={**RSA.jwk, "e": "AQ"}), "bad_key"
    yield "crit", proof_head(crit=["exp"]), "critical_header"
    yield (
        "key twice",
        '{"alg":"ES256","typ":"dpop+jwt","jwk":1,"jwk":' + json.dumps(HOLDER.jwk) + "}",
        "malformed",
    )


def _same() -> Iterator[tuple[str, str]]:
    yield "with a query", URL + "?page=2"
    yield "with a fragment", URL + "#top"
    yield "with its port", URL.replace("example/", "example:443/")
    yield "in capitals", URL.replace("https://portal", "HTTPS://PORTAL")
    yield "escaped where it need not be", URL.replace("records", "%72ecords")


def _others() -> Iterator[tuple[str, str]]:
    yield "of another path", URL + "1"
    yield "of a path in capitals", URL.replace("records", "Records")
    yield "without its scheme", URL.removeprefix("https:")
    yield "over http", URL.replace("https", "http")
    yield "of another host", URL.replace("portal", "shop")
    yield "of a longer host", URL.replace(".example", ".example.evil.test")
    yield "of another port", URL.replace("example/", "example:8443/")
    yield "with a user in it", URL.replace("portal", "portal.example@evil.test", 1)
    yield "with a slash escaped", URL.replace("/7", "%2F7")
    yield "with a blank", URL.replace("records", "rec ords")
    yield "with a line break", URL.replace("records", "rec\nords")
    yield "with a backslash", URL.replace("/api", "\\api")
    yield "by its path alone", "/api/records/7"
    yield "with a port that is none", URL.replace("example/", "example:port/")
