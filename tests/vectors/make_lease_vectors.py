"""Writes the vectors that Python and PHP both check: python -m tests.vectors.make_lease_vectors.

The key is public knowledge: it stands here so that anybody can make the same file.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker.adapters.jws import encode_base64url
from broker.adapters.lease import LeaseClaims, LeaseSigner, RevocationClaims
from broker.adapters.pairing import pairing_text

FILE = Path(__file__).with_name("leases.json")
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SITE, ISSUER = "clinic", "broker.example"
MARK = 7
ROUTE, BODY = "/emergency-access/v1/apply", '{"documents":[]}'
POSTS = {"post_type": "patient_note", "meta_key": "_patient_ref", "capabilities": ["read", "edit"]}
SCOPE = {"patient": "P-1001", "posts": POSTS}
ORDERS = {"match": "customer_meta", "key": "patient_ref", "capabilities": ["read", "notes"]}
ORDERS_BY_ID = {"match": "customer_id", "capabilities": ["read"]}


def signer(seed: bytes, issuer: str = ISSUER) -> LeaseSigner:
    return LeaseSigner(Ed25519PrivateKey.from_private_bytes(seed), issuer)


OURS, THEIRS = signer(bytes(range(32))), signer(bytes(range(32, 64)))


def lease(by: LeaseSigner = OURS, **changed: Any) -> str:
    fields: dict[str, Any] = {
        "site": SITE,
        "grant": "grant_0001",
        "account": "nurse",
        "entitlement": "patient-notes",
        "scope": SCOPE,
        "not_before": NOW,
        "expires_at": NOW + timedelta(minutes=15),
        "version": 1,
        "issuer": by.issuer,
    }
    return by.sign_lease(LeaseClaims(**{**fields, **changed}), NOW)


def raw_lease(**changed: Any) -> str:
    """Signed by our key, but not by our careful signer."""
    return altered(lease(), **changed)


def altered(jws: str, **changed: Any) -> str:
    """The same document with other claims, under our key again."""
    header, claims = (_decode(part) for part in jws.split(".")[:2])
    return _sign(OURS, header, {**claims, **changed})


def _decode(segment: str) -> dict[str, Any]:
    import base64

    return json.loads(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))


def _segment(value: Mapping[str, Any]) -> str:
    return encode_base64url(json.dumps(value, separators=(",", ":"), sort_keys=True).encode())


def _sign(by: LeaseSigner, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    text = f"{_segment(header)}.{_segment(claims)}"
    seed = bytes(range(32)) if by is OURS else bytes(range(32, 64))
    return f"{text}.{encode_base64url(Ed25519PrivateKey.from_private_bytes(seed).sign(text.encode()))}"


def _cases() -> Iterator[tuple[str, str, str]]:
    good = lease()
    head, body, mac = good.split(".")
    claims = _decode(body)
    hs = f"{_segment({'alg': 'HS256', 'kid': OURS.kid, 'typ': 'lease+jwt'})}.{body}"
    secret = OURS.public_jwk["x"].encode()
    yield "valid", good, "ok"
    yield from _valid_scopes()
    yield (
        "valid, the last second",
        lease(not_before=NOW - timedelta(minutes=9), expires_at=NOW + timedelta(seconds=1)),
        "ok",
    )
    yield (
        "expired this second",
        lease(not_before=NOW - timedelta(minutes=9), expires_at=NOW),
        "expired",
    )
    yield (
        "expired by one second",
        lease(not_before=NOW - timedelta(minutes=9), expires_at=NOW - timedelta(seconds=1)),
        "expired",
    )
    yield "begins within the leeway", lease(not_before=NOW + timedelta(seconds=60)), "ok"
    yield "begins beyond the leeway", lease(not_before=NOW + timedelta(seconds=61)), "not_yet"
    yield "wrong audience", lease(site="shop"), "wrong_audience"
    yield "another broker by our key", lease(signer(bytes(range(32)), "other.example")), "wrong_issuer"
    yield "wrong key", lease(THEIRS), "unknown_key"
    yield "wrong key under our kid", _sign(THEIRS, _decode(head), claims), "bad_signature"
    yield (
        "alg none",
        f"{_segment({'alg': 'none', 'kid': OURS.kid, 'typ': 'lease+jwt'})}.{body}.",
        "wrong_algorithm",
    )
    yield (
        "alg HS256 with the public key as secret",
        f"{hs}.{encode_base64url(hmac.digest(secret, hs.encode(), hashlib.sha256))}",
        "wrong_algorithm",
    )
    yield (
        "alg EdDSA",
        _sign(OURS, {"alg": "EdDSA", "kid": OURS.kid, "typ": "lease+jwt"}, claims),
        "wrong_algorithm",
    )
    yield "another header", _sign(OURS, {**_decode(head), "crit": ["b64"]}, claims), "malformed"
    yield "a key in the header", _sign(OURS, {**_decode(head), "jwk": THEIRS.public_jwk}, claims), "malformed"
    yield "wrong typ", _sign(OURS, {**_decode(head), "typ": "JWT"}, claims), "wrong_type"
    yield "no typ", _sign(OURS, {"alg": "Ed25519", "kid": OURS.kid}, claims), "wrong_type"
    yield "a revocation in place of a lease", revocation(), "wrong_type"
    yield "truncated signature", good[:-6], "bad_signature"
    yield "no signature", f"{head}.{body}.", "bad_signature"
    yield "two parts", f"{head}.{body}", "malformed"
    yield "four parts", f"{good}.x", "malformed"
    yield "empty", "", "malformed"
    yield "padded", f"{head}.{body}.{mac}==", "malformed"
    yield (
        "another spelling of the same signature",
        f"{head}.{body}.{mac[:-1]}{_sibling(mac[-1])}",
        "malformed",
    )
    yield "a newline at the end", good + "\n", "malformed"
    yield "tampered payload", f"{head}.{_segment({**claims, 'sub': 'admin'})}.{mac}", "bad_signature"
    yield "payload no object", _sign(OURS, _decode(head), "text"), "malformed"  # type: ignore[arg-type]
    yield "too large", lease() + "A" * 8192, "too_large"
    yield "lives too long", raw_lease(exp=claims["nbf"] + 86401), "too_long"
    yield "ends before it begins", raw_lease(exp=claims["nbf"]), "bad_claims"
    yield "expiry is text", raw_lease(exp="2026-03-01"), "bad_claims"
    yield "expiry is a fraction", raw_lease(exp=claims["exp"] + 0.5), "bad_claims"
    yield "no version", raw_lease(ver=None), "bad_claims"
    yield "version is true", raw_lease(ver=True), "bad_claims"
    yield "account is a list", raw_lease(sub=["nurse"]), "bad_claims"
    yield "account with a line break", raw_lease(sub="nurse\nadmin"), "bad_claims"
    yield "account is empty", raw_lease(sub=""), "bad_claims"
    yield "grant with a slash", raw_lease(grant="../1"), "bad_claims"
    yield "audience is a list", raw_lease(aud=[SITE]), "wrong_audience"
    yield "scope is text", raw_lease(scope="all"), "bad_claims"
    for name, scope, reason in _scopes():
        yield f"scope: {name}", raw_lease(scope=scope), reason


def _valid_scopes() -> Iterator[tuple[str, str, str]]:
    yield "valid, primitive capabilities", lease(scope={"primitives": ["edit_pages"]}), "ok"
    yield "valid, every kind", lease(scope={**SCOPE, "orders": ORDERS, "primitives": ["edit_pages"]}), "ok"
    yield "valid, orders alone", lease(scope={"patient": "P-1001", "orders": ORDERS}), "ok"
    yield "valid, for one session", lease(scope={**SCOPE, "session": "first"}), "ok"
    yield "valid, orders by customer", lease(scope={"patient": "13", "orders": ORDERS_BY_ID}), "ok"


def _scopes() -> Iterator[tuple[str, dict[str, Any], str]]:
    yield "empty patient", {**SCOPE, "patient": ""}, "bad_scope"
    yield "patient is a number", {**SCOPE, "patient": 1001}, "bad_scope"
    yield "patient alone", {"patient": "P-1001"}, "bad_scope"
    yield "posts without a patient", {"posts": POSTS}, "bad_scope"
    yield "orders without a patient", {"orders": ORDERS}, "bad_scope"
    yield "primitives beside a patient without posts", {"patient": "P-1", "primitives": ["read"]}, "bad_scope"
    yield "patient is null", {"patient": None, "posts": POSTS}, "bad_scope"
    yield "nothing", {}, "bad_scope"
    yield "a session and nothing", {"session": "first"}, "bad_scope"
    yield "another session", {**SCOPE, "session": "any"}, "bad_scope"
    yield "session is a list", {**SCOPE, "session": ["first"]}, "bad_scope"
    yield "session is null", {**SCOPE, "session": None}, "bad_scope"
    yield "unknown key", {**SCOPE, "role": "administrator"}, "bad_scope"
    yield "the keys of posts beside the patient", {"patient": "P-1001", **POSTS}, "bad_scope"
    for name, posts in _posts():
        yield f"posts: {name}", {"patient": "P-1001", "posts": posts}, "bad_scope"
    for name, orders in _orders():
        yield f"orders: {name}", {"patient": "P-1001", "orders": orders}, "bad_scope"
    for name, patient in _no_customers():
        yield f"customer: {name}", {"patient": patient, "orders": ORDERS_BY_ID}, "bad_scope"
    yield "primitives is text", {"primitives": "edit_pages"}, "bad_scope"
    yield "primitives is a map", {"primitives": {"edit_pages": True}}, "bad_scope"
    yield "a capability with a space", {"primitives": ["edit pages"]}, "bad_scope"
    yield "primitives beyond the limit", {"primitives": ["edit_pages"] * 51}, "bad_scope"
    yield "manage_options", {"primitives": ["edit_pages", "manage_options"]}, "forbidden_capability"
    yield "create_users", {"primitives": ["create_users"]}, "forbidden_capability"
    yield "unfiltered_html", {"primitives": ["unfiltered_html"]}, "forbidden_capability"
    yield "a role", {"primitives": ["administrator"]}, "forbidden_capability"


def _posts() -> Iterator[tuple[str, Any]]:
    yield "null", None
    yield "a list", [POSTS]
    yield "no type", {k: v for k, v in POSTS.items() if k != "post_type"}
    yield "a type in capitals", {**POSTS, "post_type": "Note"}
    yield "orders as posts", {**POSTS, "post_type": "shop_order"}
    yield "refunds as posts", {**POSTS, "post_type": "shop_order_refund"}
    yield "another key", {**POSTS, "patient": "P-1002"}
    yield "unknown verb", {**POSTS, "capabilities": ["read", "delete"]}
    yield "a verb of orders", {**POSTS, "capabilities": ["notes"]}
    yield "no verbs", {**POSTS, "capabilities": []}


def _orders() -> Iterator[tuple[str, Any]]:
    yield "null", None
    yield "text", "all"
    yield "empty", {}
    yield "no match", {"capabilities": ["read"]}
    yield "unknown match", {**ORDERS, "match": "billing_email"}
    yield "match is a list", {**ORDERS, "match": ["customer_meta"]}
    yield "no key", {"match": "customer_meta", "capabilities": ["read"]}
    yield "key with a blank", {**ORDERS, "key": "patient ref"}
    yield "another key", {**ORDERS, "customer": 0}
    yield "unknown verb", {**ORDERS, "capabilities": ["read", "edit"]}
    yield "no verbs", {**ORDERS, "capabilities": []}
    yield "customer number that is none", ORDERS_BY_ID


def _no_customers() -> Iterator[tuple[str, Any]]:
    yield "guests", "0"
    yield "leading zero", "013"
    yield "negative", "-13"
    yield "a sum", "13+0"
    yield "a line break", "13\n"
    yield "too large", "1" * 19
    yield "another script's digit", "1\u0663"
    yield "a number", 13


def revocation(**changed: Any) -> str:
    fields: dict[str, Any] = {
        "site": SITE,
        "grant": "grant_0001",
        "version": 2,
        "issued_at": NOW,
        "keep_until": NOW + timedelta(days=7),
        "issuer": ISSUER,
    }
    return OURS.sign_revocation(RevocationClaims(**{**fields, **changed}))


def _sibling(character: str) -> str:
    """The next character of the alphabet: the same bits where they count, for the last of 86."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return alphabet[alphabet.index(character) + 1]


def _calls() -> Iterator[tuple[str, str, str]]:
    def call(now: datetime = NOW, site: str = SITE, route: str = ROUTE, body: str = BODY) -> str:
        return OURS.sign_call(site, route, body.encode(), now, "call_0001", MARK)

    yield "valid", call(), "ok"
    yield "for another route", call(route="/emergency-access/v1/revoke"), "wrong_route"
    yield "with another body", call(body="{}"), "wrong_body"
    yield "for another site", call(site="shop"), "wrong_audience"
    yield "a minute old", call(NOW - timedelta(seconds=60)), "clock_skew"
    yield "not quite a minute old", call(NOW - timedelta(seconds=59)), "ok"
    yield "a minute early", call(NOW + timedelta(seconds=60)), "ok"
    yield "more than a minute early", call(NOW + timedelta(seconds=61)), "clock_skew"
    yield "a lease in place of a call", lease(), "wrong_type"


def document() -> dict[str, Any]:
    def listed(cases: Iterator[tuple[str, str, str]]) -> list[dict[str, str]]:
        return [{"name": name, "jws": jws, "expect": expect} for name, jws, expect in cases]

    return {
        "now": int(NOW.timestamp()),
        "pairing": pairing_text(SITE, ISSUER, [OURS.public_jwk]),
        "leases": listed(_cases()),
        "revocations": listed(
            iter(
                [
                    ("valid", revocation(), "ok"),
                    ("for another site", revocation(site="shop"), "wrong_audience"),
                    ("a lease in place of a revocation", lease(), "wrong_type"),
                    ("tampered", revocation()[:-6] + "AAAAAA", "bad_signature"),
                ]
            )
        ),
        "calls": {"route": ROUTE, "body": BODY, "cases": listed(_calls())},
    }


def text() -> str:
    return json.dumps(document(), indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
