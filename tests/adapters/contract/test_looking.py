"""What every kind of site tells about itself."""

from __future__ import annotations

from datetime import UTC, timedelta

from tests.adapters.contract.author import Author
from tests.adapters.contract.say import apply
from tests.adapters.contract.specimen import Cannot, Holder, Specimen

NEAR = timedelta(seconds=10)


def test_observing(specimen: Specimen, broker: Author, holder: Holder) -> None:
    """Each live lease with its account and end, and the account that holds it, by the site's own time."""
    lease = broker.lease(holder)
    apply(specimen, lease)
    seen = specimen.adapter.observe()
    assert abs(seen.site_time - specimen.now()) < NEAR
    assert seen.active[lease.id].account == holder.account
    assert seen.active[lease.id].expires_at.tzinfo is UTC
    held = seen.accounts[holder.account]
    assert (held.account, held.frozen) == (holder.account, False)
    assert not seen.everyone_frozen


def test_the_mark(specimen: Specimen, broker: Author, holder: Holder) -> None:
    """A site remembers the highest version it was told of before the call."""
    apply(specimen, broker.lease(holder))
    told = broker.mark
    assert specimen.adapter.health().mark in {
        told,
        *([0] if Cannot.NOTICE_RESTORING in specimen.cannot else []),
    }
    assert specimen.adapter.observe().mark == specimen.adapter.health().mark


def test_health(specimen: Specimen, broker: Author) -> None:
    """Versions, clock and keys; nothing is wrong with a fresh site. Who knows no key has no companion."""
    health = specimen.adapter.health()
    assert health.platform_version
    carries = Cannot.KNOW_KEYS not in specimen.cannot
    assert (bool(health.companion_version), bool(health.companion_digest)) == (carries, carries)
    assert abs(health.site_time - specimen.now()) < NEAR
    assert list(health.problems) == []
    assert list(health.keys) == ([] if Cannot.KNOW_KEYS in specimen.cannot else [broker.signer.kid])


def test_readiness(specimen: Specimen, holder: Holder) -> None:
    """An account nobody has on the site is found out ahead of the emergency."""
    found = specimen.adapter.readiness([holder.account, "nobody-here"])
    assert found == {holder.account: (), "nobody-here": ("unknown_account",)}
    assert specimen.adapter.readiness([]) == {}


def test_what_an_approver_is_told(specimen: Specimen, holder: Holder) -> None:
    """A scope has words for what it opens, and an address where its holder begins that names no patient."""
    words = specimen.adapter.effective(holder.scope)
    assert words
    assert all(isinstance(word, str) and word for word in words)
    entrance = specimen.adapter.entrance(holder.scope)
    assert entrance.startswith(("http://", "https://"))
    assert str(holder.scope.get("patient", "P-")) not in entrance
