"""What every kind of site does when somebody has to be shut out at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from broker.adapters.lease import EVERYONE, ContainmentAction
from tests.adapters.contract.author import Author
from tests.adapters.contract.say import DONE, active, apply, contain, refused
from tests.adapters.contract.specimen import Holder, Specimen

FREEZE, RELEASE = ContainmentAction.FREEZE, ContainmentAction.RELEASE
END_LEASES = ContainmentAction.END_LEASES


def test_a_frozen_account(specimen: Specimen, broker: Author, holder: Holder) -> None:
    """What it held opens nothing, nothing new is given to it, and it is seen to be frozen."""
    apply(specimen, broker.lease(holder))
    order = broker.order(holder.account, FREEZE)
    assert [contain(specimen, order) for _ in range(2)] == [DONE, DONE]
    assert not specimen.opens(holder)
    assert apply(specimen, broker.lease(holder)) == refused("frozen")
    assert specimen.adapter.observe().accounts[holder.account].frozen
    assert "frozen" in specimen.adapter.readiness([holder.account])[holder.account]
    contain(specimen, broker.order(holder.account, RELEASE))


def test_a_released_account(specimen: Specimen, broker: Author, holder: Holder) -> None:
    """It can be given access again."""
    contain(specimen, broker.order(holder.account, FREEZE))
    assert contain(specimen, broker.order(holder.account, RELEASE)) == DONE
    assert apply(specimen, broker.lease(holder)) == DONE


def test_an_older_order_undoes_nothing(specimen: Specimen, broker: Author, holder: Holder) -> None:
    """A release that was overtaken by a freeze is refused."""
    earlier = broker.order(holder.account, RELEASE)
    contain(specimen, broker.order(holder.account, FREEZE))
    assert contain(specimen, earlier) == refused("stale_version")
    assert specimen.adapter.observe().accounts[holder.account].frozen
    contain(specimen, broker.order(holder.account, RELEASE))


def test_ending_what_somebody_holds(specimen: Specimen, broker: Author, holder: Holder) -> None:
    """Their leases end, another's go on."""
    other = specimen.holder()
    lease, others = broker.lease(holder), broker.lease(other)
    specimen.adapter.apply([lease, others])
    assert contain(specimen, broker.order(holder.account, END_LEASES)) == DONE
    assert not specimen.opens(holder)
    assert specimen.opens(other)
    assert {lease.id, others.id} & active(specimen) == {others.id}


def test_orders_about_nobody(specimen: Specimen, broker: Author) -> None:
    """An account the site does not know, and an order by somebody else, are refused by name."""
    assert contain(specimen, broker.order("nobody-here", FREEZE)) == refused("unknown_account")
    stranger = Author(broker.clock)
    assert contain(specimen, stranger.order("nobody-here", FREEZE)) == refused("unknown_key")


@pytest.fixture
def released(specimen: Specimen, broker: Author) -> Iterator[None]:
    """Nobody is left frozen."""
    yield
    contain(specimen, broker.order(EVERYONE, RELEASE))


@pytest.mark.usefixtures("released")
def test_everyone_but_some(specimen: Specimen, broker: Author, holder: Holder) -> None:
    """All but those spared are shut out, and the site says that everyone is."""
    spared = specimen.holder()
    specimen.adapter.apply([broker.lease(holder), broker.lease(spared)])
    order = broker.order(EVERYONE, FREEZE, spare=[spared.account])
    assert contain(specimen, order) == DONE
    assert not specimen.opens(holder)
    assert specimen.opens(spared)
    assert specimen.adapter.observe().everyone_frozen
    assert contain(specimen, broker.order(EVERYONE, RELEASE)) == DONE
    assert not specimen.adapter.observe().everyone_frozen
