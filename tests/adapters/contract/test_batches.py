"""Every verb takes many documents in one call, and answers each of them."""

from __future__ import annotations

import pytest

from broker.adapters.port import BATCH_LIMIT, SignedDocument
from tests.adapters.contract.author import Author
from tests.adapters.contract.say import DONE, active, refused
from tests.adapters.contract.specimen import Cannot, Holder, Specimen


def test_a_full_batch(specimen: Specimen, broker: Author, holder: Holder) -> None:
    """Five hundred leases and their revocations, each one call; fewer where the kind takes them one by one."""
    many = 20 if Cannot.TAKE_HUNDREDS in specimen.cannot else BATCH_LIMIT
    leases = [broker.lease(holder) for _ in range(many)]
    grants = [lease.id for lease in leases]
    assert specimen.adapter.apply(leases) == dict.fromkeys(grants, DONE)
    assert active(specimen) >= set(grants)
    assert specimen.opens(holder)
    revocations = [broker.revocation(grant) for grant in grants]
    assert specimen.adapter.revoke(revocations) == dict.fromkeys(grants, DONE)
    assert not active(specimen) & set(grants)
    assert not specimen.opens(holder)


def test_a_mixed_batch(specimen: Specimen, broker: Author, holder: Holder) -> None:
    """What is refused says why, what is sound is done, and the answers are found by their ids."""
    sound, elsewhere = broker.lease(holder), broker.lease(holder, site="elsewhere")
    nonsense = SignedDocument("grant_nonsense", "not a lease")
    answers = specimen.adapter.apply([elsewhere, nonsense, sound])
    assert answers == {
        elsewhere.id: refused("wrong_audience"),
        nonsense.id: refused("malformed"),
        sound.id: DONE,
    }
    assert specimen.opens(holder)


def test_nothing_to_say(specimen: Specimen) -> None:
    """An empty batch has no answers."""
    assert (specimen.adapter.apply([]), specimen.adapter.revoke([]), specimen.adapter.contain([])) == (
        {},
        {},
        {},
    )


@pytest.mark.parametrize("verb", ["apply", "revoke", "contain"])
def test_batches_are_bounded(specimen: Specimen, verb: str) -> None:
    """More than the limit, or two documents of one id, are the caller's mistake and are not sent."""
    send = getattr(specimen.adapter, verb)
    with pytest.raises(ValueError, match="at most 500"):
        send([SignedDocument(f"g{number}", "a.b.c") for number in range(BATCH_LIMIT + 1)])
    with pytest.raises(ValueError, match="something else"):
        send([SignedDocument("g1", "a.b.c")] * 2)
