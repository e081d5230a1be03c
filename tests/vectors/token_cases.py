"""Tokens of every wrong kind, beside the right ones."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator

from tests.vectors.make_lease_vectors import _sibling
from tests.vectors.sample_token import (
    AUDIENCE,
    BARE,
    CLAIMS,
    DETAILS,
    EC,
    FIRST,
    FOR_SECRETS,
    ISSUER,
    LEAKED,
    MISNAMED,
    NOW,
    OKP,
    RSA,
    SECOND,
    THEIRS,
    Case,
    case,
    head,
    token,
    without_none,
)
from tests.vectors.token_signer import b64, segment

LONGEST = 8192


def token_cases() -> Iterator[Case]:
    yield from _accepted()
    yield from _schemes()
    yield from _headers()
    yield from _spellings()
    yield from _signatures()
    yield from _claims()
    yield from _published()


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
    yield case("b64 without crit", token(header=head(b64=True)), "critical_header")
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
    yield case("a segment of one character", f"A.{body}.{mac}", "malformed")
    longest = token(x="x" * 5335)
    if len(longest) != LONGEST:
        raise AssertionError("the longest token has another length by now")
    yield case("the longest there may be", longest, "ok")
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


def _published() -> Iterator[Case]:
    """By keys that stand in the broker's document, not all of them to sign tokens."""
    yield case("a key without use and alg", token(BARE), "ok")
    yield case("a key to encrypt with", token(FOR_SECRETS), "unknown_key")
    yield case("a key named for another algorithm", token(MISNAMED), "unknown_key")
    yield case("a key published with its private half", token(LEAKED), "unknown_key")
    yield case("a kid twice, the first one's key", token(FIRST, head(FIRST, kid="twice")), "ok")
    yield case("a kid twice, the second one's key", token(SECOND, head(SECOND, kid="twice")), "bad_signature")
    yield case("a curve that signs nothing", token(OKP, head(OKP, kid="another curve")), "unknown_key")
    yield case("a longer curve", token(EC, head(EC, kid="longer")), "unknown_key")
    yield case("a published secret", token(OKP, head(OKP, kid="secret")), "unknown_key")
