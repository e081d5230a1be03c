"""The provider's order to end sessions: what is one, and what it ends."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from broker.clock import SettableClock
from broker.errors import Conflict
from broker.identity.caller import Caller
from broker.identity.people import Role, add_person
from broker.identity.sessions.sessions import sessions_of
from broker.identity.signing_in.sign_in import Lobby
from broker.identity.single_sign_on.coming_in.admit import admit
from broker.identity.single_sign_on.coming_in.id_token import Vouched
from broker.identity.single_sign_on.going_out.logout_token import EVENT, Order, read_order
from broker.identity.single_sign_on.going_out.obey import obey
from broker.identity.single_sign_on.identities import link
from broker.identity.single_sign_on.refused import SignOnRefused, Why
from broker.identity.single_sign_on.tables import sso_logouts
from broker.ledger.chain import Ledger
from broker.policy.sign_in import SingleSignOnRules
from tests.identity.single_sign_on.conftest import CLIENT, ISSUER, Published

Seconds = Callable[[int], int]
RULES = SingleSignOnRules(amr_values=("otp",), counts_as_factor=True)


@pytest.fixture
def good(seconds: Seconds) -> dict[str, Any]:
    return {
        "iss": ISSUER,
        "aud": CLIENT,
        "iat": seconds(0),
        "exp": seconds(120),
        "jti": "one",
        "sub": "doctor",
        "sid": "s1",
        "events": {EVENT: {}},
    }


@pytest.fixture
def doctor(lobby: Lobby) -> str:
    """A person the provider knows as ``doctor``, and a colleague it knows as ``other``."""
    with lobby.store.write() as tx:
        for name in ("other", "doctor"):
            person = add_person(
                tx,
                lobby.ledger,
                email=f"{name}@clinic.example",
                name=name,
                roles=[Role.CLINICIAN],
                actor="setup",
            )
            link(tx, lobby.ledger, person.id, ISSUER, name, how="email", actor="setup")
    return person.id


def come_in(lobby: Lobby, sid: str, subject: str = "doctor") -> str:
    now = lobby.store.clock.now()
    vouched = Vouched(ISSUER, subject, sid, "", ("otp",), now, now, {})
    return admit(lobby, RULES, Caller("192.0.2.1"), vouched, "header.claims.signature").opened.session_id


def read(published: Published, claims: dict[str, Any], typ: str | None = "logout+jwt") -> Order:
    return read_order(published.provider, published.sign(claims, typ=typ), published.clock.now())


def still_open(lobby: Lobby, person_id: str) -> set[str]:
    with lobby.store.read() as reader:
        return {session.id for session in sessions_of(reader, person_id)}


@pytest.mark.parametrize("typ", ["logout+jwt", "application/logout+jwt", "LOGOUT+JWT"])
def test_an_order_is_read(published: Published, good: dict[str, Any], typ: str) -> None:
    """As it may be spelled."""
    assert read(published, good, typ).sid == "s1"


@pytest.mark.parametrize("typ", ["JWT", "at+jwt", "", None])
def test_an_order_has_to_say_that_it_is_one(
    published: Published, good: dict[str, Any], typ: str | None
) -> None:
    """Another token the provider signed for us ends nothing, whatever is in it."""
    with pytest.raises(SignOnRefused):
        read(published, good, typ)


@pytest.mark.parametrize(
    "change",
    [
        {"nonce": "x"},
        {"nonce": None},
        {"events": {}},
        {"events": {EVENT: None}},
        {"events": {EVENT: []}},
        {"events": EVENT},
        {"events": None},
        {"aud": "another"},
        {"iss": "https://evil.example"},
        {"jti": ""},
        {"jti": 7},
        {"jti": "x" * 300},
        {"sub": 7},
        {"sub": "", "sid": ""},
        {"iat": "now"},
        {"exp": 1},
    ],
)
def test_what_is_no_order_is_refused(
    published: Published, good: dict[str, Any], change: dict[str, Any]
) -> None:
    """An ID token above all, which carries a nonce."""
    with pytest.raises(SignOnRefused) as caught:
        read(published, {**good, **change})
    assert caught.value.why is Why.FORGED


def test_an_order_is_obeyed_while_it_is_fresh(
    published: Published, good: dict[str, Any], clock: SettableClock
) -> None:
    """One found in a log ten minutes later ends nothing, though it names no end of its own."""
    text = published.sign({name: value for name, value in good.items() if name != "exp"}, typ="logout+jwt")
    provider = published.provider
    clock.advance(minutes=10)
    assert read_order(provider, text, clock.now())
    clock.advance(seconds=1)
    with pytest.raises(SignOnRefused):
        read_order(provider, text, clock.now())


def test_a_named_sign_in_ends_alone(
    lobby: Lobby, doctor: str, published: Published, good: dict[str, Any]
) -> None:
    """The same person's others go on, and so do other people's."""
    ended, other = come_in(lobby, "s1"), come_in(lobby, "s2")
    with lobby.store.write() as tx:
        assert obey(tx, lobby.ledger, read(published, good)) == 1
    assert still_open(lobby, doctor) == {other}
    assert ended != other


def test_without_a_sign_in_all_of_the_person_end(
    lobby: Lobby, doctor: str, published: Published, good: dict[str, Any], events: Callable[[], list[str]]
) -> None:
    """Each with an entry of its own; a colleague's stay."""
    come_in(lobby, "s1")
    come_in(lobby, "s2")
    colleague = come_in(lobby, "s3", "other")
    with lobby.store.write() as tx:
        assert obey(tx, lobby.ledger, read(published, {**good, "sid": ""})) == 2
    assert still_open(lobby, doctor) == set()
    assert events()[-2:] == ["session.ended", "session.ended"]
    with lobby.store.read() as reader:
        assert colleague in {s.id for p in _people(reader) for s in sessions_of(reader, p)}


def test_a_sign_in_of_somebody_else_is_not_ended_by_naming_it(
    lobby: Lobby, doctor: str, published: Published, good: dict[str, Any]
) -> None:
    """Both names have to fit."""
    mine = come_in(lobby, "s1")
    with lobby.store.write() as tx:
        assert obey(tx, lobby.ledger, read(published, {**good, "sub": "other"})) == 0
    assert still_open(lobby, doctor) == {mine}


def test_an_order_works_once(lobby: Lobby, doctor: str, published: Published, good: dict[str, Any]) -> None:
    """Sent again it ends no session begun since, and changes nothing."""
    order = read(published, {**good, "sid": ""})
    with lobby.store.write() as tx:
        obey(tx, lobby.ledger, order)
    published.clock.advance(seconds=2)
    later = come_in(lobby, "s9")
    with pytest.raises(Conflict), lobby.store.write() as tx:
        obey(tx, lobby.ledger, order)
    assert still_open(lobby, doctor) == {later}


def test_an_order_sent_twice_at_once_is_obeyed_once(
    any_store, published: Published, good: dict[str, Any]
) -> None:
    """The other is told so, and nothing breaks."""
    ledger, order = Ledger(), read(published, good)
    start, done = threading.Barrier(2), []

    def send() -> None:
        start.wait()
        try:
            with any_store.write() as tx:
                obey(tx, ledger, order)
            done.append("obeyed")
        except Conflict:
            done.append("again")

    both = [threading.Thread(target=send) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(done) == ["again", "obeyed"]


def test_a_sign_in_that_was_taken_back_on_the_way_opens_nothing(
    lobby: Lobby, doctor: str, published: Published, good: dict[str, Any]
) -> None:
    """The order overtook the browser: by the name of the sign-in, and by when it was issued."""
    with lobby.store.write() as tx:
        obey(tx, lobby.ledger, read(published, good))
    with pytest.raises(SignOnRefused) as caught:
        come_in(lobby, "s1")
    assert caught.value.why is Why.SIGNED_OUT
    assert still_open(lobby, doctor) == set()
    assert come_in(lobby, "s2")
    issued = lobby.store.clock.now()
    published.clock.advance(seconds=3)
    with lobby.store.write() as tx:
        obey(
            tx,
            lobby.ledger,
            read(published, {**good, "jti": "two", "sid": "", "iat": int(issued.timestamp()) + 2}),
        )
    vouched = Vouched(ISSUER, "doctor", "s4", "", ("otp",), issued, issued, {})
    with pytest.raises(SignOnRefused):
        admit(lobby, RULES, Caller("192.0.2.1"), vouched, "a.b.c")


def test_old_orders_are_forgotten(
    lobby: Lobby, published: Published, good: dict[str, Any], seconds: Seconds
) -> None:
    """Long after none of them could be sent again."""
    with lobby.store.write() as tx:
        obey(tx, lobby.ledger, read(published, good))
    published.clock.advance(days=1, seconds=1)
    fresh = {**good, "jti": "two", "iat": seconds(0), "exp": seconds(60)}
    with lobby.store.write() as tx:
        obey(tx, lobby.ledger, read(published, fresh))
    with lobby.store.read() as reader:
        assert [row.jti for row in reader.all(select(sso_logouts))] == ["two"]


def _people(reader: Any) -> list[str]:
    from broker.identity.people import everyone

    return [person.id for person in everyone(reader)]
