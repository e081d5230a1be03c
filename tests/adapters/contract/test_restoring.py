"""A site that was put back from a backup revives nothing."""

from __future__ import annotations

from tests.adapters.contract.author import Author
from tests.adapters.contract.say import DONE, active, apply, refused, revoke
from tests.adapters.contract.specimen import Cannot, Holder, Specimen


def test_restored_from_a_backup(specimen: Specimen, broker: Author, holder: Holder) -> None:
    """A lease revoked since the backup stays closed; everything is sent anew, and only then leases count again."""
    if Cannot.NOTICE_RESTORING in specimen.cannot:
        assert specimen.adapter.health().mark == 0
        return
    lease, other = broker.lease(holder), specimen.holder()
    apply(specimen, lease)
    put_back = specimen.back_up()
    revocation = broker.revocation(lease.id)
    revoke(specimen, revocation)
    put_back()
    assert not specimen.opens(holder)
    assert "restored" in specimen.adapter.health().words
    assert specimen.adapter.observe().mark < broker.mark
    assert apply(specimen, broker.lease(other)) == refused("restored")
    assert revoke(specimen, revocation) == DONE
    specimen.adapter.resume()
    assert "restored" not in specimen.adapter.health().words
    assert not specimen.opens(holder)
    assert lease.id not in active(specimen)
    assert apply(specimen, broker.lease(other)) == DONE
    assert specimen.opens(other)
