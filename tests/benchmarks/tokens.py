"""Access tokens: issued, checked offline, asked about; each beside the bare signature or beside hello."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from broker.clock import new_id
from broker.credentials.clients.register import AuthMethod, Client, GrantType, NewClient, register_client
from broker.credentials.clients.secret import give_secret
from broker.credentials.tokens.access_token import Issued
from broker.credentials.tokens.issue import issue_for_software
from broker.credentials.tokens.tables import access_tokens
from broker.verify.dpop import check_proof
from broker.verify.verifier import TokenVerifier
from broker.web.parts import Parts
from tests.benchmarks.bulk import BEGAN, put
from tests.benchmarks.measure import Figure, Side, figure, per_second, side_by_side
from tests.benchmarks.served import HELLO, Served, served
from tests.benchmarks.sizes import Sizes
from tests.benchmarks.wire import post, time_of

RECORDS = "https://records.example"


@dataclass(frozen=True)
class Software:
    client: Client
    secret: str

    @property
    def header(self) -> str:
        return "Basic " + base64.b64encode(f"{self.client.id}:{self.secret}".encode()).decode()


def measure(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    with served(folder) as server:
        software = _register(server.parts)
        yield _offline(sizes, server.parts, software)
        yield _proof(sizes)
        yield _issuing(sizes, server.parts, software)
        yield from _asked_about(sizes, server, software)


def _offline(sizes: Sizes, parts: Parts, software: Software) -> Figure:
    text = _issue(parts, software).text
    verifier = TokenVerifier(parts.mint.issuer, RECORDS, jwks=parts.mint.keys.published().as_dict())
    header = f"Bearer {text}"
    signed, _, signature = text.rpartition(".")
    key, raw = _public(parts), base64.urlsafe_b64decode(signature + "==")

    def ours() -> None:
        for _ in range(sizes.checks):
            verifier.check(header, method="GET", url=f"{RECORDS}/1")

    def bare() -> None:
        for _ in range(sizes.checks):
            key.verify(raw, signed.encode(), PKCS1v15(), SHA256())

    what = "Token check at a resource server, offline (RS256, 3072 bits)"
    return _beside(sizes, what, "one RSA signature verified", "tokens/s", ours, bare)


def _proof(sizes: Sizes) -> Figure:
    key, now = ECKey.generate_key("P-256"), BEGAN
    header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": key.as_dict(private=False)}
    claims = {"jti": "x" * 22, "htm": "GET", "htu": f"{RECORDS}/1", "iat": int(now.timestamp())}
    proof = jwt.encode(header, claims, key, algorithms=["ES256"])

    def ours() -> None:
        for _ in range(sizes.checks):
            check_proof(proof, method="GET", url=f"{RECORDS}/1", now=now)

    def bare() -> None:
        for _ in range(sizes.checks):
            jwt.decode(proof, key, algorithms=["ES256"])

    what = "Proof of possession checked (DPoP, ES256), without the memory of proofs seen"
    return _beside(sizes, what, "joserfc's decode with the key at hand", "proofs/s", ours, bare)


def _issuing(sizes: Sizes, parts: Parts, software: Software) -> Figure:
    private = parts.mint.keys.current().private_key

    def ours() -> None:
        for _ in range(sizes.commits):
            _issue(parts, software)

    def bare() -> None:
        for _ in range(sizes.commits):
            private.sign(b"x" * 700, PKCS1v15(), SHA256())

    what = "Token issued: row, ledger entry and signature in one commit"
    sides = {
        "ours": lambda: per_second(sizes.commits, ours),
        "bare": lambda: per_second(sizes.commits, bare),
    }
    found = side_by_side(sides, sizes.rounds)
    return figure(what, "one RSA signature made", "tokens/s", found["ours"], found["bare"])


def _asked_about(sizes: Sizes, server: Served, software: Software) -> Iterator[Figure]:
    few = len(_fill(server.parts, software, sizes.known_tokens[0]))
    first = _introspection(sizes, server, software)
    _fill(server.parts, software, sizes.known_tokens[1] - few)
    second = _introspection(sizes, server, software)
    beside = f"hello from the same server, {sizes.clients} clients"
    for count, found in zip(sizes.known_tokens, (first, second), strict=True):
        what = f"Introspection over HTTP, {count:,} tokens known"
        yield figure(what, beside, "answers/s", found["ours"], found["hello"], "at least 0.45")


def _introspection(sizes: Sizes, server: Served, software: Software) -> dict[str, list[float]]:
    def ours() -> float:
        # A token of the broker's own API lives for minutes, and filling a million rows takes longer.
        body = urlencode({"token": _issue(server.parts, software).text})
        request = post("/oauth/introspect", body, Authorization=software.header)
        return _rate(server, sizes, request)

    return side_by_side({"ours": ours, "hello": lambda: _rate(server, sizes, HELLO)}, sizes.rounds)


def _rate(server: Served, sizes: Sizes, request: bytes) -> float:
    count = sizes.small_answers
    return count / time_of(server.port, [request] * count, sizes.clients, 200)


def _beside(sizes: Sizes, what: str, beside: str, unit: str, ours: Any, bare: Any) -> Figure:
    sides: dict[str, Side] = {
        "ours": lambda: per_second(sizes.checks, ours),
        "bare": lambda: per_second(sizes.checks, bare),
    }
    found = side_by_side(sides, sizes.rounds)
    return figure(what, beside, unit, found["ours"], found["bare"])


def _register(parts: Parts) -> Software:
    new = NewClient(
        "A benchmark",
        AuthMethod.SECRET,
        grant_types=frozenset({GrantType.CLIENT}),
        scopes=frozenset({"grants:read"}),
        audience=RECORDS,
    )
    with parts.store.write() as tx:
        client = register_client(tx, parts.ledger, new, actor="benchmark")
        return Software(client, give_secret(tx, parts.ledger, client.id, actor="benchmark"))


def _issue(parts: Parts, software: Software) -> Issued:
    parts.mint.keys.current()
    with parts.store.write() as tx:
        return issue_for_software(
            tx, parts.mint, client_id=software.client.id, audience=RECORDS, scopes=["grants:read"], jkt=None
        )


def _fill(parts: Parts, software: Software, count: int) -> list[str]:
    """Rows of tokens that are long over, as they stand before they are forgotten."""
    rows = [
        {
            "jti": new_id("token"),
            "client_id": software.client.id,
            "audience": RECORDS,
            "scopes": ["grants:read"],
            "authorization_details": [],
            "amr": [],
            "issued_at": BEGAN,
            "expires_at": BEGAN,
        }
        for _ in range(count)
    ]
    with parts.store.write() as tx:
        put(tx, access_tokens, rows)
    return [str(row["jti"]) for row in rows]


def _public(parts: Parts) -> Any:
    key = parts.mint.keys.current()
    assert isinstance(key, RSAKey)
    return key.public_key
