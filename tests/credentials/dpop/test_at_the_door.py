"""A bound token is worth nothing without its key, and a proof is worth something once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from broker.clock import SettableClock
from broker.credentials.dpop.at_the_door import Door, bound_key, prove_holder
from broker.credentials.dpop.nonces import LIFETIME, Nonces
from broker.credentials.dpop.tables import dpop_proofs
from broker.store import Store
from broker.verify.dpop import DpopRefused
from tests.fakes.holder import Holder

URL = "https://broker.example/oauth/token"
TOKEN = "an.access.token"
KEY = bytes(range(32))


@pytest.fixture
def door(store: Store) -> Door:
    return Door(store, Nonces([KEY]))


@pytest.fixture
def any_door(any_store: Store) -> Door:
    """Where the database itself must decide, it is asked on every kind."""
    return Door(any_store, Nonces([KEY]))


def _request(door: Door, **changed: Any) -> dict[str, Any]:
    return {"method": "POST", "url": URL, "now": door.store.clock.now(), **changed}


def _proof(door: Door, holder: Holder, **changed: Any) -> str:
    now = door.store.clock.now()
    return holder.proof("POST", URL, now, **{"nonce": door.nonces.fresh(now), **changed})


def _why(door: Door, *proofs: str, **changed: Any) -> str:
    with pytest.raises(DpopRefused) as raised:
        bound_key(door, proofs, **_request(door, **changed))
    return raised.value.why


def test_the_key_is_named(door: Door) -> None:
    """Whoever shows a proof gets the thumbprint of its key, whoever shows none gets none."""
    holder = Holder()
    assert bound_key(door, [_proof(door, holder)], **_request(door)) == holder.jkt
    assert bound_key(door, [], **_request(door)) is None


def test_a_proof_counts_once(any_door: Door) -> None:
    """The second time it is refused, and another proof by the same key is not."""
    holder = Holder()
    proof = _proof(any_door, holder)
    bound_key(any_door, [proof], **_request(any_door))
    assert _why(any_door, proof) == "replayed"
    assert bound_key(any_door, [_proof(any_door, holder)], **_request(any_door)) == holder.jkt


def test_nobody_uses_up_anothers_proofs(door: Door) -> None:
    """The same id by another key is another proof."""
    first, second = Holder(), Holder()
    for holder in (first, second):
        assert bound_key(door, [_proof(door, holder, jti="same")], **_request(door)) == holder.jkt


def test_of_many_at_once_one_gets_in(any_door: Door) -> None:
    """Eight threads show one proof at the same moment: one succeeds, seven are told it was used."""
    proof, start = _proof(any_door, Holder()), threading.Barrier(8)
    request = _request(any_door)

    def show(_: int) -> str:
        start.wait()
        try:
            bound_key(any_door, [proof], **request)
        except DpopRefused as refused:
            return refused.why
        return "in"

    with ThreadPoolExecutor(8) as pool:
        found = sorted(pool.map(show, range(8)))
    assert found == ["in", *["replayed"] * 7]


def test_a_used_proof_is_never_forgotten_while_it_would_be_accepted(door: Door, clock: SettableClock) -> None:
    """In each second of its life the replay is refused; afterwards its age alone refuses it."""
    proof = _proof(door, Holder())
    bound_key(door, [proof], **_request(door))
    for _ in range(60):
        clock.advance(seconds=1)
        bound_key(door, [_proof(door, Holder())], **_request(door))
        assert _why(door, proof) == "replayed"
    clock.advance(seconds=1)
    assert _why(door, proof) == "too_old"


def test_the_memory_stays_small(any_door: Door, clock: SettableClock) -> None:
    """What is over is forgotten when the next proof is remembered."""
    for _ in range(5):
        bound_key(any_door, [_proof(any_door, Holder())], **_request(any_door))
    clock.advance(minutes=5)
    bound_key(any_door, [_proof(any_door, Holder())], **_request(any_door))
    with any_door.store.read() as reader:
        assert reader.execute(select(func.count()).select_from(dpop_proofs)).scalar_one() == 1


def test_two_proofs_are_none(door: Door) -> None:
    """Which of two counts is not for us to choose."""
    holder = Holder()
    assert _why(door, _proof(door, holder), _proof(door, holder)) == "several_proofs"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"method": "GET"}, "wrong_method"),
        ({"url": "https://broker.example/oauth/revoke"}, "wrong_target"),
        ({"access_token": TOKEN}, "bad_claims"),
    ],
)
def test_a_proof_is_for_one_request(door: Door, changed: dict[str, Any], why: str) -> None:
    """At another address, by another method or beside a token it does not name, it is refused."""
    assert _why(door, _proof(door, Holder()), **changed) == why


def test_a_refused_proof_is_not_used_up(door: Door) -> None:
    """Somebody who sends it to the wrong place first does not spoil it for the right one."""
    holder = Holder()
    proof = _proof(door, holder)
    assert _why(door, proof, method="GET") == "wrong_method"
    assert bound_key(door, [proof], **_request(door)) == holder.jkt


@pytest.mark.parametrize(
    "nonce", [None, "made-up", "A" * 32, "A" * 256, "\u00e9", "=", "a-nonce-of-another-broker-------"]
)
def test_a_nonce_of_ours_is_asked_for(door: Door, nonce: str | None) -> None:
    """Without one the answer carries a fresh one, and with that the next try succeeds."""
    holder = Holder()
    with pytest.raises(DpopRefused) as raised:
        bound_key(door, [_proof(door, holder, nonce=nonce)], **_request(door))
    assert raised.value.code == "use_dpop_nonce"
    again = _proof(door, holder, nonce=raised.value.nonce)
    assert bound_key(door, [again], **_request(door)) == holder.jkt


@pytest.mark.parametrize("nonce", ["", "A" * 257, 7, ["a"]])
def test_a_nonce_is_a_text(door: Door, nonce: object) -> None:
    """What is no nonce at all is a bad proof."""
    assert _why(door, _proof(door, Holder(), nonce=nonce)) == "bad_claims"


def test_a_nonce_lives_five_minutes(door: Door, clock: SettableClock) -> None:
    """Proofs cannot be stored up for later: the nonce they must carry is over by then."""
    nonce = door.nonces.fresh(clock.now())
    clock.advance(seconds=LIFETIME.total_seconds() - 1)
    assert bound_key(door, [_proof(door, Holder(), nonce=nonce)], **_request(door))
    clock.advance(seconds=1)
    assert _why(door, _proof(door, Holder(), nonce=nonce)) == "stale_nonce"


def test_a_nonce_from_the_future_is_none(clock: SettableClock) -> None:
    """A node whose clock runs wild makes no nonces that others accept for hours."""
    nonces = Nonces([KEY])
    assert nonces.accepts(nonces.fresh(clock.now() + timedelta(seconds=10)), clock.now())
    assert not nonces.accepts(nonces.fresh(clock.now() + timedelta(seconds=11)), clock.now())


def test_nonce_keys_rotate(clock: SettableClock) -> None:
    """The newest key makes them, older ones still count, foreign ones never."""
    old, both = Nonces([KEY]), Nonces([KEY, b"n" * 32])
    assert both.accepts(old.fresh(clock.now()), clock.now())
    assert not old.accepts(both.fresh(clock.now()), clock.now())


class TestProveHolder:
    """At a door of the broker's own where a token is used."""

    @staticmethod
    def _verdict(door: Door, *proofs: str, scheme: str, jkt: str | None) -> str:
        try:
            prove_holder(door, proofs, scheme=scheme, jkt=jkt, access_token=TOKEN, **_request(door))
        except DpopRefused as refused:
            return f"{refused.code} {refused.why}"
        return "in"

    def test_a_bound_token_needs_its_key(self, door: Door) -> None:
        """Its holder gets in; without a proof, with another's or as a bearer token nobody does."""
        holder, thief = Holder(), Holder()
        mine, theirs = (_proof(door, each, token=TOKEN) for each in (holder, thief))
        assert self._verdict(door, mine, scheme="DPoP", jkt=holder.jkt) == "in"
        assert self._verdict(door, theirs, scheme="dpop", jkt=holder.jkt) == "invalid_token wrong_key"
        assert self._verdict(door, scheme="DPoP", jkt=holder.jkt) == "invalid_dpop_proof no_proof"
        assert self._verdict(door, scheme="Bearer", jkt=holder.jkt) == "invalid_token wrong_scheme"

    def test_a_bearer_token_is_used_as_one(self, door: Door) -> None:
        """With the word of a bound token it is refused, for nothing was proved."""
        proof = _proof(door, Holder(), token=TOKEN)
        assert self._verdict(door, scheme="bearer", jkt=None) == "in"
        assert self._verdict(door, proof, scheme="DPoP", jkt=None) == "invalid_token wrong_scheme"

    def test_a_proof_for_another_token_opens_nothing(self, door: Door) -> None:
        """The token a proof names is the one it comes with."""
        holder = Holder()
        proof = _proof(door, holder, token="another.access.token")
        assert self._verdict(door, proof, scheme="DPoP", jkt=holder.jkt) == "invalid_dpop_proof wrong_token"
