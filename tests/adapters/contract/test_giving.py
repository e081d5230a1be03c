"""What every kind of site does with a lease."""

from __future__ import annotations

from datetime import timedelta

import pytest

from broker.adapters.jws import DocumentRefused
from tests.adapters.contract.author import Author
from tests.adapters.contract.say import DONE, active, apply, refused, revoke
from tests.adapters.contract.specimen import Cannot, Holder, Specimen


def test_a_lease_opens(specimen: Specimen, broker: Author, holder: Holder) -> None:
    """Closed before, open after; said again it is done again and there is still one."""
    assert not specimen.opens(holder)
    lease = broker.lease(holder)
    assert [apply(specimen, lease) for _ in range(2)] == [DONE, DONE]
    assert specimen.opens(holder)
    assert lease.id in active(specimen)


def test_a_lease_opens_to_its_holder_alone(specimen: Specimen, broker: Author, holder: Holder) -> None:
    """Another account with the same scope in mind gets nothing."""
    other = Holder(specimen.holder().account, holder.scope)
    apply(specimen, broker.lease(holder))
    assert not specimen.opens(other)


def test_a_newer_lease_of_the_same_grant_takes_its_place(
    specimen: Specimen, broker: Author, holder: Holder
) -> None:
    """An extension is observed with its own end, and the older one is refused from then on."""
    first = broker.lease(holder)
    later = broker.lease(holder, grant=first.id, lasts=timedelta(minutes=9))
    assert [apply(specimen, lease) for lease in (first, later)] == [DONE, DONE]
    seen = specimen.adapter.observe().active[first.id]
    assert (seen.version, seen.account) == (broker.mark, holder.account)
    assert timedelta(minutes=8) < seen.expires_at - specimen.now() < timedelta(minutes=10)
    assert apply(specimen, first) == refused("stale_version")
    assert specimen.opens(holder)


def test_two_leases_of_one_version(specimen: Specimen, broker: Author, holder: Holder) -> None:
    """A broker that says two things under one number is not believed the second time."""
    first = broker.lease(holder)
    other = broker.lease(holder, grant=first.id, version=broker.mark, lasts=timedelta(hours=1))
    assert [apply(specimen, lease) for lease in (first, other)] == [DONE, refused("version_conflict")]


def test_a_grant_keeps_its_account(specimen: Specimen, broker: Author, holder: Holder) -> None:
    """A grant never passes on to somebody else."""
    first, other = broker.lease(holder), specimen.holder()
    apply(specimen, first)
    assert apply(specimen, broker.lease(other, grant=first.id)) == refused("account_changed")
    assert not specimen.opens(other)


def test_refusals_are_words(specimen: Specimen, broker: Author, holder: Holder) -> None:
    """What a site does not take it refuses by name, and nothing of it opens."""
    stranger = Author()
    nobody = Holder("nobody-here", holder.scope)
    leases = {
        "expired": broker.lease(holder, until=specimen.now() - timedelta(seconds=1)),
        "wrong_audience": broker.lease(holder, site="elsewhere"),
        "unknown_account": broker.lease(nobody),
        "unknown_key": stranger.lease(holder),
    }
    stranger.clock = broker.clock
    answers = specimen.adapter.apply(list(leases.values()))
    assert {word: answers[lease.id] for word, lease in leases.items()} == {
        word: refused(word) for word in leases
    }
    assert not specimen.opens(holder)
    assert not {lease.id for lease in leases.values()} & active(specimen)


def test_a_scope_that_is_no_scope(specimen: Specimen) -> None:
    """The kind says so on the desk, before an emergency."""
    with pytest.raises(DocumentRefused, match="bad_scope"):
        specimen.kind.check_scope({"everything": True})


def test_the_kind_admits_what_it_cannot_do(specimen: Specimen) -> None:
    """Whoever writes a policy reads the limits of a kind; none are hidden."""
    assert bool(specimen.kind.limits) >= bool(specimen.cannot)
    assert specimen.kind.title


def test_the_end_is_the_sites_own(specimen: Specimen, broker: Author, holder: Holder) -> None:
    """At its expiry by the site's own clock a lease opens nothing, though nobody called; otherwise the kind says so."""
    ends = (specimen.now() + timedelta(seconds=3)).replace(microsecond=0)
    lease = broker.lease(holder, until=ends)
    apply(specimen, lease)
    assert specimen.opens(holder)
    specimen.wait_until(ends)
    assert specimen.opens(holder) is (Cannot.END_BY_ITSELF in specimen.cannot)
    assert revoke(specimen, broker.revocation(lease.id)) == DONE
    assert not specimen.opens(holder)
    assert lease.id not in active(specimen)
