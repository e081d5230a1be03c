"""Texts that are no tokens of ours, and rows that somebody with the database edited."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OctKey
from sqlalchemy import select, update

from broker.access.grant import Grant
from broker.access.tables import grants
from broker.credentials.clients.register import Client
from broker.credentials.tokens.access_token import Issued, Mint
from broker.credentials.tokens.check import live_token
from broker.credentials.tokens.claims import claims_of
from broker.credentials.tokens.issue import issue_for_person, issue_for_software
from broker.credentials.tokens.tables import access_tokens
from tests.credentials.tokens.conftest import EHR, ISSUER, OTHER, Granted, Issue, registered
from tests.fakes.clinic import Clinic
from tests.fakes.signing_keys import KeysInMemory

Parts = tuple[dict[str, Any], dict[str, Any], Key]


def works(clinic: Clinic, mint: Mint, text: str) -> bool:
    with clinic.store.read() as reader:
        return live_token(reader, mint, text) is not None


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def signed(header: dict[str, Any], claims: dict[str, Any], key: Key) -> str:
    return jwt.encode(
        header, claims, key, algorithms=["ES256", "HS256", "ES384"], registry=None, default_type=None
    )


def foreign_key() -> ECKey:
    return ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, private=True)


@pytest.fixture
def real(grant: Grant, issued_for: Issue, keys: KeysInMemory) -> Parts:
    """What a token that works is made of."""
    issued = issued_for(grant)
    kid = keys.current().kid
    return {"alg": "ES256", "kid": kid, "typ": "at+jwt"}, claims_of(issued.token, ISSUER), keys.current()


def test_the_real_parts_make_a_real_token(clinic: Clinic, mint: Mint, real: Parts) -> None:
    """So that the refusals below are for the one thing that is changed in each."""
    assert works(clinic, mint, signed(*real))


@pytest.mark.parametrize(
    "change",
    [
        {"typ": "JWT"},
        {"typ": "at+JWT"},
        {"typ": "logout+jwt"},
        {"typ": None},
        {"kid": "another"},
        {"kid": None},
        {"kid": 7},
        {"kid": ["x"]},
        {"cty": "JWT"},
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/cert"},
        {"crit": ["exp"], "exp": 1},
        {"b64": True, "crit": ["b64"]},
        {"jwk": "the attacker's"},
    ],
)
def test_a_header_that_is_not_ours_to_the_letter(
    clinic: Clinic, mint: Mint, real: Parts, change: dict[str, Any]
) -> None:
    """Signed by our own key, and still refused: such a thing was made for something else."""
    header, claims, key = real
    changed = {name: value for name, value in {**header, **change}.items() if value is not None}
    segments = f"{encoded(changed)}.{encoded(claims)}"
    raw = key.private_key.sign(segments.encode(), _ecdsa())  # type: ignore[attr-defined]
    text = f"{segments}.{base64.urlsafe_b64encode(_flat(raw)).rstrip(b'=').decode()}"
    assert not works(clinic, mint, text)


def test_signed_by_nobody_or_by_somebody_else(
    clinic: Clinic, mint: Mint, real: Parts, keys: KeysInMemory
) -> None:
    """alg none; a key of the attacker's under our kid; our public key used as a shared secret."""
    header, claims, _ = real
    none = f"{encoded({**header, 'alg': 'none'})}.{encoded(claims)}."
    public = keys.published().keys[0].as_pem(private=False)  # type: ignore[union-attr]
    shared = signed({**header, "alg": "HS256"}, claims, OctKey.import_key(public.hex()))
    for text in (none, none + "x", signed(header, claims, foreign_key()), shared):
        assert not works(clinic, mint, text)


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://other.example"},
        {"iss": ISSUER + "/"},
        {"sub": "person_other"},
        {"aud": OTHER},
        {"aud": [EHR]},
        {"aud": [EHR, OTHER]},
        {"client_id": "client_other"},
        {"exp": 9_999_999_999},
        {"exp": 1.5e9},
        {"iat": 0},
        {"nbf": 0},
        {"jti": "token_other"},
        {"jti": 7},
        {"jti": ["token_other"]},
        {"jti": {"token": "other"}},
        {"jti": None},
        {"scope": "ledger:read"},
        {"acr": "phr"},
        {"cnf": {"jkt": "x" * 43}},
        {"act": {"sub": "client_other"}},
        {"authorization_details": []},
        {"extra": True},
    ],
)
def test_claims_that_the_row_does_not_tell_of(
    clinic: Clinic, mint: Mint, real: Parts, change: dict[str, Any]
) -> None:
    """Whoever got hold of the key alone changes nothing about a token."""
    header, claims, key = real
    assert not works(clinic, mint, signed(header, {**claims, **change}, key))


def test_texts_of_every_wrong_shape(clinic: Clinic, mint: Mint, real: Parts) -> None:
    """None is a token, and none is an error."""
    text = signed(*real)
    head, body, signature = text.split(".")
    shapes = [
        "",
        ".",
        "..",
        "...",
        head,
        f"{head}.{body}",
        f"{head}.{body}.",
        f"{head}..{signature}",
        f".{body}.{signature}",
        f"{text}.{signature}",
        f"{text}\n",
        f" {text}",
        text[:-1],
        text[1:],
        text.swapcase(),
        f"{head}.{body}.{signature[::-1]}",
        f"{encoded([1])}.{body}.{signature}",
        f"{encoded(None)}.{body}.{signature}",
        f"{encoded({'alg': []})}.{body}.{signature}",
        f"{encoded({'alg': {'a': 1}, 'kid': {}})}.{body}.{signature}",
        "Bearer " + text,
        "{}",
        "null",
        "\x00" * 10,
        "é" * 10,
        "\ud800",
        "a" * 1_000_000,
        "." * 1_000_000,
        f"{head}.{'a' * 1_000_000}.{signature}",
        base64.urlsafe_b64encode(b"[" * 300).decode() + ".e30.e30",
    ]
    for shape in shapes:
        assert not works(clinic, mint, shape), shape[:60]


Edit = Callable[..., None]


@pytest.fixture
def edit(clinic: Clinic) -> Edit:
    """Somebody with the database changes a token's row."""

    def act(issued: Issued, **values: Any) -> None:
        with clinic.store.write() as tx:
            row = access_tokens.c.jti == issued.token.jti
            assert tx.execute(update(access_tokens).where(row).values(**values)).rowcount == 1

    return act


def test_a_row_that_was_edited_ends_its_token(
    clinic: Clinic, mint: Mint, granted: Granted, issued_for: Issue, edit: Edit
) -> None:
    """Whatever column it is: the row alone widens, prolongs and moves nothing."""
    other, other_client = granted(), registered(clinic, name="Other app")
    grant = granted()
    for values in (
        {"audience": OTHER},
        {"client_id": other_client.id},
        {"person_id": clinic.approver.id},
        {"person_id": None},
        {"grant_id": other.id},
        {"grant_id": None},
        {"scopes": ["ledger:read"]},
        {"authorization_details": []},
        {"acr": "phr"},
        {"amr": ["pop"]},
        {"jkt": "x" * 43},
        {"actor": other_client.id},
        {"expires_at": clinic.clock.now() + timedelta(days=1)},
    ):
        issued = issued_for(grant)
        assert works(clinic, mint, issued.text)
        edit(issued, **values)
        assert not works(clinic, mint, issued.text), values


def test_rows_that_were_swapped_end_both_tokens(
    clinic: Clinic, mint: Mint, granted: Granted, issued_for: Issue, edit: Edit
) -> None:
    """The contents of one token's row under the name of another give nobody anything."""
    first, second = issued_for(granted()), issued_for(granted(minutes=30))
    one, two = vars(first.token), vars(second.token)
    for issued, content in ((first, two), (second, one)):
        values = {name: content[name] for name in ("grant_id", "expires_at", "issued_at", "auth_time")}
        edit(issued, **values, authorization_details=list(content["authorization_details"]))
    assert not works(clinic, mint, first.text)
    assert not works(clinic, mint, second.text)


def test_a_bound_token_does_not_become_a_bearer_token(
    clinic: Clinic, mint: Mint, grant: Grant, issued_for: Issue, edit: Edit
) -> None:
    """A thief of a bound token gains nothing by emptying the column."""
    issued = issued_for(grant, jkt="k" * 43)
    edit(issued, jkt=None)
    assert not works(clinic, mint, issued.text)


def test_a_token_taken_back_can_be_revived_by_an_edit_only_until_its_own_end(
    clinic: Clinic, mint: Mint, grant: Grant, issued_for: Issue, edit: Edit
) -> None:
    """A database owner can undo a revocation: so the end is in the signature, and the ledger tells of the rest."""
    issued = issued_for(grant)
    edit(issued, revoked_at=clinic.clock.now())
    assert not works(clinic, mint, issued.text)
    edit(issued, revoked_at=None, expires_at=clinic.clock.now() + timedelta(days=1))
    assert not works(clinic, mint, issued.text)


def test_a_grant_moved_to_somebody_else_gives_its_tokens_to_nobody(
    clinic: Clinic, mint: Mint, grant: Grant, issued_for: Issue
) -> None:
    """Whose the token is and whose the grant is must be one person."""
    issued = issued_for(grant)
    with clinic.store.write() as tx:
        tx.execute(update(grants).where(grants.c.id == grant.id).values(person_id=clinic.approver.id))
    assert not works(clinic, mint, issued.text)


def test_a_grant_put_off_in_its_row_prolongs_no_token(
    clinic: Clinic, mint: Mint, grant: Grant, issued_for: Issue
) -> None:
    """The end that was signed stands."""
    issued = issued_for(grant)
    with clinic.store.write() as tx:
        later = tx.at + timedelta(days=1)
        tx.execute(update(grants).where(grants.c.id == grant.id).values(expires_at=later))
    clinic.clock.advance(minutes=5)
    assert not works(clinic, mint, issued.text)


def test_a_token_of_software_cannot_pass_for_a_person_of_the_same_id(
    clinic: Clinic, mint: Mint, client: Client
) -> None:
    """Software whose id is a person's has sub alike; the row says who it is, and nothing makes it a person."""
    with clinic.store.write() as tx:
        issued = issue_for_software(
            tx, mint, client_id=client.id, audience=f"{ISSUER}/api/v1", scopes=["grants:read"], jkt=None
        )
    with clinic.store.read() as reader:
        token = live_token(reader, mint, issued.text)
    assert token is not None
    assert (token.person_id, token.grant_id) == (None, None)


def test_a_token_of_a_grant_carries_no_scope(
    clinic: Clinic, mint: Mint, grant: Grant, issued_for: Issue
) -> None:
    """So that nobody acts at the broker's own API with it, whatever audience policy named."""
    assert issued_for(grant).token.scopes == frozenset()


def test_no_text_of_a_token_is_kept(clinic: Clinic, mint: Mint, grant: Grant, issued_for: Issue) -> None:
    """Neither the database nor the ledger holds what a thief could use."""
    signature = issued_for(grant).text.rsplit(".", 1)[1]
    with clinic.store.read() as reader:
        dump = "\n".join(str(row) for row in reader.all(select(access_tokens)))
    assert signature not in dump
    assert all(signature not in str(entry.facts) for entry in clinic.entries("token.issued"))


def test_a_person_s_token_names_no_grant(clinic: Clinic, mint: Mint, client: Client) -> None:
    """It opens the API as far as its scopes go, and no patient."""
    with clinic.store.write() as tx:
        issued = issue_for_person(
            tx,
            mint,
            person_id=clinic.clinician.id,
            client_id=client.id,
            audience=f"{ISSUER}/api/v1",
            scopes=["requests:read"],
            jkt=None,
            acr=None,
            amr=(),
            auth_time=None,
            actor=client.id,
        )
    assert issued.token.authorization_details == ()
    assert claims_of(issued.token, ISSUER)["act"] == {"sub": client.id}


def _ecdsa() -> Any:
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.hashes import SHA256

    return ECDSA(SHA256())


def _flat(der: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    r, s = decode_dss_signature(der)
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")
