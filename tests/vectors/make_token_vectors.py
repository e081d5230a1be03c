"""Writes the tokens and proofs that Python and PHP both check: python -m tests.vectors.make_token_vectors."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.vectors.make_lease_vectors import _sibling
from tests.vectors.token_signer import Segment, Signer, b64, elliptic, okp, rsa_2048, segment

FILE = Path(__file__).with_name("tokens.json")
NOW = 1_772_366_400
ISSUER, AUDIENCE = "https://broker.example", "https://portal.example/api"
URL = "https://portal.example/api/records/7"
OKP, EC, RSA = okp(bytes(range(32))), elliptic(1234567), rsa_2048()
THEIRS = okp(bytes(range(32, 64)))
HOLDER, THIEF = elliptic(7654321), elliptic(2222222)

DETAILS = {
    "type": "emergency_access",
    "identifier": "grant_0001",
    "locations": [AUDIENCE],
    "datatypes": ["medications", "allergies"],
    "actions": ["read"],
    "patient": "P-1001",
    "purpose_of_use": "ETREAT",
}
OTHER_DETAILS = {**DETAILS, "patient": "P-1002", "datatypes": ["orders"], "actions": ["read", "write"]}
CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "sub": "person_0001",
    "aud": AUDIENCE,
    "client_id": "client_0001",
    "iat": NOW - 60,
    "exp": NOW + 240,
    "jti": "token_0001",
    "acr": "urn:example:mfa",
    "amr": ["otp", "mfa"],
    "auth_time": NOW - 300,
    "authorization_details": [DETAILS, OTHER_DETAILS],
}
BOUND = {"cnf": {"jkt": HOLDER.kid}}

Case = dict[str, Any]


def token(by: Signer = OKP, header: Segment | None = None, **changed: Any) -> str:
    return by.sign(header or head(by), without_none({**CLAIMS, **changed}))


def head(by: Signer = OKP, **changed: Any) -> dict[str, Any]:
    return without_none({"alg": by.alg, "kid": by.kid, "typ": "at+jwt", **changed})


def without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def case(name: str, text: str, expect: str, scheme: str = "Bearer ", **more: Any) -> Case:
    return {"name": name, "authorization": scheme + text, "proofs": [], "expect": expect, **more}


def token_cases() -> Iterator[Case]:
    yield from _accepted()
    yield from _schemes()
    yield from _headers()
    yield from _spellings()
    yield from _signatures()
    yield from _claims()


def _accepted() -> Iterator[Case]:
    for by in (OKP, EC, RSA):
        yield case(f"valid, {by.alg}", token(by), "ok")
    yield case("valid, its last second", token(exp=NOW + 1), "ok")
    yield case("valid, issued a moment ahead of our clock", token(iat=NOW + 10), "ok")
    yield case("valid, one of two audiences", token(aud=["https://shop.example", AUDIENCE]), "ok")
    yield case("valid, the long media type", token(header=head(typ="application/at+jwt")), "ok")
    yield case("valid, a claim nobody knows", token(favourite="x"), "ok")
    yield case("valid, handed over by other software", token(act={"sub": "client_0002"}), "ok")
    yield case("valid, for software and nothing named", token(authorization_details=None, scope="a b"), "ok")


def _schemes() -> Iterator[Case]:
    good = token()
    yield case("nothing", "", "no_token", "")
    yield case("a password", "dXNlcjpwYXNz", "no_token", "Basic ")
    yield case("in small letters", good, "ok", "bearer ")
    yield case("no token after the word", "", "malformed")
    yield case("two tokens", f"{good} {good}", "malformed")
    yield case("two blanks", good, "malformed", "Bearer  ")
    yield case("another script's letter", "\u0435" + good, "malformed")
    yield case("a bearer token with the other word", good, "wrong_scheme", "DPoP ")


def _headers() -> Iterator[Case]:
    body = token().split(".")[1]
    yield case("alg none", f"{segment(head(alg='none'))}.{body}.", "wrong_algorithm")
    yield case("alg None", token(header=head(alg="None")), "wrong_algorithm")
    yield case("no alg", token(header={"kid": OKP.kid, "typ": "at+jwt"}), "wrong_algorithm")
    yield case("alg is a list", token(header=head(alg=["Ed25519"])), "wrong_algorithm")
    yield case("alg EdDSA", token(header=head(alg="EdDSA")), "wrong_algorithm")
    confused = f"{segment(head(alg='HS256', kid=RSA.kid))}.{body}"
    secret = json.dumps(RSA.jwk).encode()
    mac = b64(hmac.digest(secret, confused.encode(), hashlib.sha256))
    yield case("alg HS256 with the public key as secret", f"{confused}.{mac}", "wrong_algorithm")
    yield case("alg of another key", token(OKP, head(OKP, kid=EC.kid)), "wrong_algorithm")
    yield case("typ JWT", token(header=head(typ="JWT")), "wrong_type")
    yield case("no typ", token(header={"alg": "Ed25519", "kid": OKP.kid}), "wrong_type")
    yield case("typ of a proof", token(header=head(typ="dpop+jwt")), "wrong_type")
    yield case("typ is a list", token(header=head(typ=["at+jwt"])), "wrong_type")
    yield case("crit", token(header=head(crit=["exp"])), "critical_header")
    yield case("crit that is empty", token(header=head(crit=[])), "critical_header")
    yield case("b64 false", token(header=head(b64=False, crit=["b64"])), "critical_header")
    yield case("no kid", token(header=head(kid="")), "unknown_key")
    yield case("kid is a number", token(header=head(kid=7)), "unknown_key")
    yield case("kid is a path", token(header=head(kid="../../keys/1")), "unknown_key")
    yield case("a key of its own in the header", token(THEIRS, head(THEIRS, jwk=THEIRS.jwk)), "unknown_key")
    yield case("a key address in the header", token(header=head(jku="https://evil.example/jwks")), "ok")


def _spellings() -> Iterator[Case]:
    good = token()
    first, body, mac = good.split(".")
    claims = json.dumps(without_none(CLAIMS), separators=(",", ":"))
    yield case("truncated", good[:-6], "bad_signature")
    yield case("cut in the middle", good[: len(good) // 2], "malformed")
    yield case("two parts", f"{first}.{body}", "malformed")
    yield case("four parts", f"{good}.x", "malformed")
    yield case("five parts, as an encrypted one", f"{good}.x.y", "malformed")
    yield case("dots", "..", "malformed")
    yield case("padded", f"{good}==", "malformed")
    yield case("the other base64 alphabet", f"{first}.{body}+.{mac}", "malformed")
    yield case(
        "another spelling of the same signature", f"{first}.{body}.{mac[:-1]}{_sibling(mac[-1])}", "malformed"
    )
    yield case("a line break inside", f"{first}\n.{body}.{mac}", "malformed")
    yield case("1 MB", good, "too_large", stretch=1_000_000)
    yield case("the first byte too many", good, "too_large", stretch=8193 - len(good))
    yield case("a claim twice", OKP.sign(head(), claims[:-1] + ',"aud":"https://shop.example"}'), "malformed")
    yield case(
        "a claim twice, spelled differently", OKP.sign(head(), claims[:-1] + ',"\\u0061ud":"x"}'), "malformed"
    )
    yield case(
        "a member twice inside a claim", OKP.sign(head(), claims[:-1] + ',"x":[{"a":1,"a":2}]}'), "malformed"
    )
    yield case(
        "the same member in two objects", OKP.sign(head(), claims[:-1] + ',"x":[{"a":1},{"a":2}]}'), "ok"
    )
    yield case(
        "braces and quotes in a text", OKP.sign(head(), claims[:-1] + ',"x":"{\\"aud\\":1,\\\\"}'), "ok"
    )
    double = '{"alg":"none","alg":"Ed25519","kid":"' + OKP.kid + '","typ":"at+jwt"}'
    yield case("a header member twice", OKP.sign(double, CLAIMS), "malformed")
    yield case("claims that are a list", OKP.sign(head(), "[1]"), "malformed")
    yield case("claims that are an empty list", OKP.sign(head(), "[]"), "malformed")
    yield case("claims that are text", OKP.sign(head(), '"x"'), "malformed")
    yield case("a comma too many", OKP.sign(head(), claims[:-1] + ",}"), "malformed")
    yield case("NaN", OKP.sign(head(), claims[:-1] + ',"x":NaN}'), "malformed")
    yield case("half a surrogate pair", OKP.sign(head(), claims[:-1] + ',"x":"\\ud800"}'), "malformed")
    yield case("no UTF-8", OKP.sign(head(), claims[:-1] + ',"x":"\ud800"}'), "malformed")
    yield case(
        "a hundred lists in each other", OKP.sign(head(), claims[:-1] + f',"x":{"[" * 3000}'), "malformed"
    )
    yield case("something after the end", OKP.sign(head(), claims + "x"), "malformed")


def _signatures() -> Iterator[Case]:
    first, body, mac = token().split(".")
    yield case("wrong key", token(THEIRS), "unknown_key")
    yield case("wrong key under a known kid", token(THEIRS, head(THEIRS, kid=OKP.kid)), "bad_signature")
    changed = segment({**CLAIMS, "sub": "person_0002"})
    yield case("claims changed afterwards", f"{first}.{changed}.{mac}", "bad_signature")
    yield case("no signature", f"{first}.{body}.", "bad_signature")
    signed = ".".join(token(EC).split(".")[:2])
    yield case("ES256 as DER", f"{signed}.{b64(EC.signature(signed.encode(), der=True))}", "bad_signature")
    yield case("ES256 of zeros", f"{signed}.{b64(bytes(64))}", "bad_signature")
    yield case("ES256 too short", f"{signed}.{b64(EC.signature(signed.encode())[:63])}", "bad_signature")
    yield case("ES256 too long", f"{signed}.{b64(EC.signature(signed.encode()) + bytes(1))}", "bad_signature")
    signed = ".".join(token(RSA).split(".")[:2])
    yield case("RS256 of zeros", f"{signed}.{b64(bytes(256))}", "bad_signature")
    yield case(
        "RS256 with a zero before it",
        f"{signed}.{b64(bytes(1) + RSA.signature(signed.encode()))}",
        "bad_signature",
    )


def _claims() -> Iterator[Case]:
    yield case("wrong issuer", token(iss="https://other.example"), "wrong_issuer")
    yield case("issuer with a slash", token(iss=ISSUER + "/"), "wrong_issuer")
    yield case("no issuer", token(iss=None), "wrong_issuer")
    yield case("wrong audience", token(aud="https://shop.example"), "wrong_audience")
    yield case("audience that begins alike", token(aud=AUDIENCE + "/x"), "wrong_audience")
    yield case("audience as a map", token(aud={"for": AUDIENCE}), "wrong_audience")
    yield case("no audience", token(aud=None), "wrong_audience")
    yield case("expired this second", token(exp=NOW), "expired")
    yield case("expired by one second", token(exp=NOW - 1), "expired")
    yield case("no end", token(exp=None), "bad_claims")
    yield case("end as text", token(exp=str(NOW + 240)), "bad_claims")
    yield case("end as a fraction", token(exp=NOW + 240.5), "bad_claims")
    yield case("end below nothing", token(exp=-1), "bad_claims")
    yield case("end beyond every number", token(exp=2**63), "bad_claims")
    yield case("end as true", token(exp=True), "bad_claims")
    yield case("issued in the future", token(iat=NOW + 11), "not_yet")
    yield case("not before the future", token(nbf=NOW + 11), "not_yet")
    yield case("not before as text", token(nbf="now"), "bad_claims")
    yield case("no beginning", token(iat=None), "bad_claims")
    for name in ("sub", "client_id", "jti"):
        yield case(f"no {name}", token(**{name: None}), "bad_claims")
        yield case(f"{name} is a list", token(**{name: ["x"]}), "bad_claims")
    yield case("subject empty", token(sub=""), "bad_claims")
    yield case("subject too long", token(sub="x" * 256), "bad_claims")
    yield case("details are a map", token(authorization_details=DETAILS), "bad_claims")
    yield case("details hold text", token(authorization_details=["all"]), "bad_claims")
    yield case("patient is a number", token(authorization_details=[{**DETAILS, "patient": 7}]), "bad_claims")
    yield case(
        "actions are text", token(authorization_details=[{**DETAILS, "actions": "read"}]), "bad_claims"
    )
    yield case(
        "actions are a map",
        token(authorization_details=[{**DETAILS, "actions": {"a": "read"}}]),
        "bad_claims",
    )
    yield case("amr is text", token(amr="otp"), "bad_claims")
    yield case("scope is a list", token(scope=["a"]), "bad_claims")
    yield case("act is text", token(act="client_0002"), "bad_claims")
    yield case("bound to a certificate", token(cnf={"x5t#S256": "abc"}), "bad_claims")
    yield case("bound to nothing", token(cnf={}), "bad_claims")
    yield case("binding is null in words", token(cnf="none"), "bad_claims")


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


def allowed() -> list[dict[str, Any]]:
    """What the first valid token opens, and what it does not."""
    asked = [
        ("P-1001", "medications", "read", True),
        ("P-1001", "allergies", "read", True),
        ("P-1002", "orders", "write", True),
        ("P-1001", "medications", "write", False),
        ("P-1001", "orders", "read", False),
        ("P-1002", "medications", "read", False),
        ("P-1003", "medications", "read", False),
        ("", "", "", False),
        ("P-1001", "Medications", "read", False),
    ]
    names = ("patient", "datatype", "action", "allowed")
    return [dict(zip(names, each, strict=True)) for each in asked]


def document() -> dict[str, Any]:
    junk = {"kty": "oct", "kid": "secret", "k": "c2VjcmV0"}
    return {
        "now": NOW,
        "issuer": ISSUER,
        "audience": AUDIENCE,
        "method": "GET",
        "url": URL,
        "jwks": {"keys": [junk, *(by.published for by in (OKP, EC, RSA))]},
        "tokens": list(token_cases()),
        "proofs": list(proof_cases()),
        "allowed": allowed(),
        "elsewhere": token(authorization_details=[{**DETAILS, "locations": ["https://shop.example"]}]),
        "another_kind": token(authorization_details=[{**DETAILS, "type": "payment"}]),
    }


def text() -> str:
    return json.dumps(document(), indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
