"""What every kind of site does with a revocation: it is final, and it can always be said again."""

from __future__ import annotations

from tests.adapters.contract.author import Author
from tests.adapters.contract.say import DONE, active, apply, refused, revoke
from tests.adapters.contract.specimen import Holder, Specimen


def test_a_revocation_closes(specimen: Specimen, broker: Author, holder: Holder) -> None:
    """Closed at once and not observed any more; the same and another revocation are done again."""
    lease = broker.lease(holder)
    apply(specimen, lease)
    revocation = broker.revocation(lease.id)
    again = broker.revocation(lease.id)
    assert revoke(specimen, revocation) == DONE
    assert not specimen.opens(holder)
    assert lease.id not in active(specimen)
    assert [revoke(specimen, document) for document in (revocation, again)] == [DONE, DONE]


def test_a_revocation_is_final(specimen: Specimen, broker: Author, holder: Holder) -> None:
    """Neither the lease it ended nor a newer one of that grant is ever taken again."""
    lease = broker.lease(holder)
    apply(specimen, lease)
    revoke(specimen, broker.revocation(lease.id))
    newer = broker.lease(holder, grant=lease.id)
    assert [apply(specimen, late) for late in (lease, newer)] == [refused("revoked")] * 2
    assert not specimen.opens(holder)


def test_a_revocation_that_overtakes_its_lease(specimen: Specimen, broker: Author, holder: Holder) -> None:
    """For a grant nobody knows it leaves a tombstone, and keeps the lease out that comes after it."""
    lease = broker.lease(holder)
    assert revoke(specimen, broker.revocation(lease.id)) == DONE
    assert apply(specimen, lease) == refused("revoked")
    assert not specimen.opens(holder)


def test_grants_live_and_die_each_on_its_own(specimen: Specimen, broker: Author, holder: Holder) -> None:
    """Of two grants of one person the end of either leaves the other; the last one closes."""
    first, second = broker.lease(holder), broker.lease(holder)
    assert [apply(specimen, lease) for lease in (first, second)] == [DONE, DONE]
    revoke(specimen, broker.revocation(first.id))
    assert specimen.opens(holder)
    assert {first.id, second.id} & active(specimen) == {second.id}
    revoke(specimen, broker.revocation(second.id))
    assert not specimen.opens(holder)


def test_revocations_of_somebody_else(specimen: Specimen, broker: Author, holder: Holder) -> None:
    """Only the broker that a site obeys takes back."""
    lease, stranger = broker.lease(holder), Author(broker.clock)
    apply(specimen, lease)
    assert revoke(specimen, stranger.revocation(lease.id)) == refused("unknown_key")
    assert specimen.opens(holder)
