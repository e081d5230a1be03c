"""What the wire does to single calls to a real WordPress: the broker never takes silence for an effect."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import pytest

from broker.adapters.port import Answer, Outcome
from broker.adapters.wordpress.client import WordPressAdapter
from broker.errors import SiteError
from tests.live import go_between
from tests.live.broker_side import BrokerSide, notes_of
from tests.live.conftest import Ward
from tests.live.go_between import Act, GoBetween
from tests.live.wordpress_site import WordPressSite

pytestmark = pytest.mark.live
DONE = Outcome(Answer.DONE)
PATIENCE_S = 1.0


@pytest.fixture(scope="module")
def wire(wordpress: WordPressSite) -> Iterator[GoBetween]:
    there = GoBetween(wordpress.url)
    yield there
    there.go_down()


@pytest.fixture
def adapter(wire: GoBetween, broker: BrokerSide) -> Iterator[WordPressAdapter]:
    """Calls by the wire, and waits a second for an answer."""
    yield broker.reach(wire.url, patience=PATIENCE_S)
    wire.heal()


# What happens, and whether the site does as it was told all the same.
TROUBLES: dict[str, tuple[Act, bool]] = {
    "500": (go_between.answer_500, False),
    "200 with HTML": (go_between.answer_html, False),
    "hung up": (go_between.drop, False),
    "sent elsewhere": (go_between.send_elsewhere, False),
    "done, then cut": (go_between.cut_the_answer, True),
    "done, then too late": (go_between.answer_too_late, True),
    "done, half said": (go_between.answer_by_half, True),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_repeating_is_safe(
    ward: Ward, broker: BrokerSide, adapter: WordPressAdapter, wire: GoBetween, trouble: str
) -> None:
    """Whatever became of a call, the effect counts as unknown, and the same documents again are done once."""
    act, happens = TROUBLES[trouble]
    leases = [broker.lease(ward.nurse, notes_of(ward.mine)) for _ in range(4)]
    grants = {lease.id for lease in leases}
    revocations = [broker.revocation(grant) for grant in grants]
    session = ward.log_in()
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        wire.elsewhere = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        wire.order("apply", act)
        _left_unknown(lambda: adapter.apply(leases))
        assert (grants & broker.active() == grants) is happens
        assert set(adapter.apply(leases).values()) == {DONE}
        assert ward.reads(session, ward.my_note)

        wire.order("revoke", act)
        _left_unknown(lambda: adapter.revoke(revocations))
        assert (not grants & broker.active()) is happens
        assert set(adapter.revoke(revocations).values()) == {DONE}
        assert not grants & broker.active()
        assert not ward.is_logged_in(session)
        nobody.settimeout(0)
        with pytest.raises(BlockingIOError):
            nobody.accept()


@pytest.mark.parametrize("trouble", [name for name, (_, happens) in TROUBLES.items() if not happens])
def test_nothing_is_read_out_of_silence(
    broker: BrokerSide, adapter: WordPressAdapter, wire: GoBetween, trouble: str
) -> None:
    """A site that cannot be read is not a site where nothing is active."""
    for verb, call in (("observe", adapter.observe), ("health", adapter.health)):
        wire.order(verb, TROUBLES[trouble][0])
        _left_unknown(call)


def test_a_site_that_is_down(
    ward: Ward, broker: BrokerSide, adapter: WordPressAdapter, wire: GoBetween
) -> None:
    """Where nobody listens nothing happened, and that is said."""
    wire.go_down()
    try:
        with pytest.raises(SiteError, match="cannot be reached") as failed:
            adapter.apply([broker.lease(ward.nurse, notes_of(ward.mine))])
    finally:
        wire.come_up()
    assert not failed.value.effect_unknown


def _left_unknown(call: Callable[[], object]) -> None:
    with pytest.raises(SiteError) as failed:
        call()
    assert failed.value.effect_unknown
