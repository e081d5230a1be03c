"""Whether a recording may go on playing follows the grant, the session and the person at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import update

from broker.access.activate import activate
from broker.access.grant import MOVES, Grant, GrantState, grant_is_effective
from broker.access.tables import grants
from broker.clock import SettableClock
from broker.credentials.links.hand_out import hand_out, holdings_in
from broker.credentials.links.link_token import LinkSigner
from broker.credentials.links.links import exchange
from broker.credentials.links.still_watching import Watch
from broker.credentials.links.tables import viewings
from broker.identity.caller import Caller
from broker.identity.factors.step_up import Method
from broker.identity.sessions import sessions
from broker.identity.sessions.end_session import Why, end_session
from broker.identity.sessions.sessions import IDLE_LIMIT, Opened
from broker.identity.tables import people
from broker.store import Store
from tests.fakes.clinic import Clinic, Member


@dataclass
class Player:
    """A clinician who plays a recording they were granted."""

    clinic: Clinic
    grant: Grant
    cookie: str
    session: Opened

    def goes_on(self, *, cookie: str | None = None, token: str | None = None) -> bool:
        store = self.clinic.store
        watch = Watch.of(store, cookie_value=cookie or self.cookie, session_token=token or self.session.token)
        return watch.last_seen() is not None

    def set_state(self, state: GrantState) -> None:
        with self.clinic.store.write() as tx:
            tx.execute(update(grants).values(state=state))


def sign_in(clinic: Clinic, member: Member) -> Opened:
    with clinic.store.write() as tx:
        first = sessions.begin(tx, member.id, Caller("192.0.2.10", "A test"))
        return sessions.elevate(tx, first.token, Method.TOTP)


@pytest.fixture
def player(store: Store, clock: SettableClock) -> Player:
    clinic, signer = Clinic(store, clock), LinkSigner([bytes(32)])
    issued = clinic.approve(clinic.ask().request.id).grant
    assert issued is not None
    grant, holder = activate(clinic.equipment, issued.id), clinic.clinician.person
    token = hand_out(store, clinic.ledger, signer, holder, grant.id, holdings_in(grant)[0])
    opened = exchange(
        store, clinic.ledger, signer, token=token, person_id=holder.id, grant_is_effective=grant_is_effective
    )
    return Player(clinic, grant, opened.cookie_value, sign_in(clinic, clinic.clinician))


def test_it_goes_on_while_nothing_ended(player: Player) -> None:
    """The answer is when the session was last used, so that whoever listens can be kept from idling out."""
    watch = Watch.of(player.clinic.store, cookie_value=player.cookie, session_token=player.session.token)
    assert watch.last_seen() == player.clinic.clock.now()


@pytest.mark.parametrize("state", list(MOVES))
def test_it_follows_the_grant_s_state(player: Player, state: GrantState) -> None:
    """One rule: exactly as ``grant_is_effective`` says, in every state."""
    player.set_state(state)
    with player.clinic.store.read() as reader:
        assert player.goes_on() == grant_is_effective(reader, player.grant.id, reader.at)
    assert player.goes_on() == (state is GrantState.ACTIVE)


def test_it_ends_on_the_instant(player: Player) -> None:
    """At expires_at it is over, a moment before it is not."""
    clock = player.clinic.clock
    left = player.grant.expires_at - clock.now()
    clock.advance(seconds=left.total_seconds() - 0.001)
    assert player.goes_on()
    clock.advance(seconds=0.001)
    assert not player.goes_on()


def test_it_ends_with_the_session(player: Player) -> None:
    """Signed out, the next person at the ward PC hears nothing more."""
    with player.clinic.store.write() as tx:
        ledger, holder = player.clinic.ledger, player.clinic.clinician.id
        end_session(tx, ledger, player.session.session_id, actor=holder, why=Why.SIGNED_OUT)
    assert not player.goes_on()


def test_it_ends_with_an_idle_session(player: Player) -> None:
    """A session that its limits have ended counts as ended, whoever marked it."""
    with player.clinic.store.write() as tx:
        tx.execute(update(grants).values(expires_at=tx.at + 2 * IDLE_LIMIT))
    player.clinic.clock.advance(seconds=IDLE_LIMIT.total_seconds() - 1)
    assert player.goes_on()
    player.clinic.clock.advance(seconds=1)
    assert not player.goes_on()


def test_it_ends_with_the_person(player: Player) -> None:
    """Whoever is disabled hears nothing more, even while a session of theirs were still open."""
    with player.clinic.store.write() as tx:
        tx.execute(update(people).values(disabled_at=tx.at))
    assert not player.goes_on()


def test_a_password_alone_plays_nothing(player: Player) -> None:
    """A session without its second factor is no session here."""
    with player.clinic.store.write() as tx:
        half = sessions.begin(tx, player.clinic.clinician.id, Caller("192.0.2.10", "A test"))
    assert not player.goes_on(token=half.token)


@pytest.mark.parametrize(
    "other",
    [
        lambda player: {"token": sign_in(player.clinic, player.clinic.approver).token},
        lambda player: {"token": "x" * 43},
        lambda player: {"token": "\udcff"},
        lambda player: {"cookie": "x"},
        lambda player: {"cookie": "\udcff"},
    ],
    ids=["another person", "no session", "no text", "no viewing", "no cookie's text"],
)
def test_both_must_be_the_holder_s(player: Player, other: Callable[[Player], dict[str, str]]) -> None:
    """The viewing's cookie with anybody else's session plays nothing, nor the session with another cookie."""
    assert player.goes_on()
    assert not player.goes_on(**other(player))


def test_it_ends_with_the_viewing(player: Player) -> None:
    """A viewing that is no longer there gives nothing."""
    with player.clinic.store.write() as tx:
        tx.execute(viewings.delete())
    assert not player.goes_on()
