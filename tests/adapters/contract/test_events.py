"""What every kind of site tells of what happened: a chain that its reader can check."""

from __future__ import annotations

from broker.adapters.companion.chain import NOTHING, Happening, verify_chain
from tests.adapters.contract.author import Author
from tests.adapters.contract.say import apply, revoke
from tests.adapters.contract.specimen import Cannot, Holder, Specimen


def _since(specimen: Specimen, seq: int, digest: str) -> list[Happening]:
    """Everything after that event, page by page, each proven to follow the one before."""
    found: list[Happening] = []
    while True:
        page = specimen.adapter.events(seq)
        proven = verify_chain(seq, digest, page)
        if not proven:
            return found
        found += proven
        seq, digest = proven[-1].seq, proven[-1].hash


def test_beginning_and_end_of_a_grant_are_told(specimen: Specimen, broker: Author, holder: Holder) -> None:
    """Both follow from what the broker knew of the chain before; a kind that keeps none shows an empty one."""
    head = specimen.adapter.events(0)
    lease = broker.lease(holder)
    apply(specimen, lease)
    revoke(specimen, broker.revocation(lease.id))
    told = [event for event in _since(specimen, head.head_seq, head.head_hash) if event.grant == lease.id]
    expected = [] if Cannot.TELL_EVENTS in specimen.cannot else ["lease_applied", "lease_ended"]
    assert [event.kind for event in told] == expected
    assert {event.account for event in told} <= {holder.account}


def test_the_whole_chain(specimen: Specimen, broker: Author, holder: Holder) -> None:
    """From the beginning to the end nothing is missing; after its end there is nothing; no patient is named."""
    apply(specimen, broker.lease(holder))
    events = _since(specimen, 0, NOTHING)
    page = specimen.adapter.events(len(events))
    assert (list(page.events), page.head_seq) == ([], len(events))
    assert page.head_hash == (events[-1].hash if events else NOTHING)
    assert bool(events) is (Cannot.TELL_EVENTS not in specimen.cannot)
    patient = str(holder.scope.get("patient", "P-"))
    assert not any(patient in str(event.facts) for event in events)
