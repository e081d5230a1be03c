"""What every adapter says of calls that went wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from broker.adapters.port import Adapter, SignedDocument
from broker.errors import SiteError
from tests.adapters.contract.author import Author
from tests.adapters.contract.say import DONE, active, apply, revoke
from tests.adapters.contract.specimen import Holder, Specimen


def _failure(call: Callable[[], object]) -> SiteError:
    with pytest.raises(SiteError) as failed:
        call()
    assert failed.value.help
    return failed.value


def test_nobody_there(specimen: Specimen, broker: Author, holder: Holder) -> None:
    """Where nobody listens nothing happened, and the broker is told exactly that."""
    there, lease = specimen.nobody_there(), broker.lease(holder)
    calls: list[Callable[[], object]] = [
        lambda: there.apply([lease]),
        lambda: there.revoke([broker.revocation(lease.id)]),
        there.observe,
        there.health,
    ]
    assert [_failure(call).effect_unknown for call in calls] == [False] * len(calls)


@pytest.mark.parametrize("verb", ["apply", "revoke"])
def test_no_answer(specimen: Specimen, broker: Author, holder: Holder, verb: str) -> None:
    """When the answer is lost the effect counts as unknown; asking the site again tells, and repeating is safe."""
    lease = broker.lease(holder)
    if verb == "revoke":
        apply(specimen, lease)
    document = lease if verb == "apply" else broker.revocation(lease.id)
    assert _failure(_sending(specimen.mute(), verb, document)).effect_unknown
    assert (lease.id in active(specimen)) is (verb == "apply")
    assert _sending(specimen.adapter, verb, document)() == {lease.id: DONE}
    assert revoke(specimen, broker.revocation(lease.id)) == DONE
    assert not specimen.opens(holder)


def _sending(adapter: Adapter, verb: str, document: SignedDocument) -> Callable[[], object]:
    return lambda: getattr(adapter, verb)([document])
