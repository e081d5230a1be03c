"""Eight calls at once about one grant: no kind of site hangs, and in the end it is always over."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from broker.adapters.port import Outcome, SignedDocument
from broker.errors import SiteError
from tests.adapters.contract.author import Author
from tests.adapters.contract.say import DONE, active, apply, refused, revoke
from tests.adapters.contract.specimen import Holder, Specimen

PATIENCE_S = 60
WORDS = {"revoked", "ended", "stale_version"}


def test_leases_and_revocations_of_one_grant(specimen: Specimen, broker: Author, holder: Holder) -> None:
    """Who is told that somebody else is at it just now says it again; a revocation that was done stays done."""
    for _ in range(3):
        first = broker.lease(holder)
        newer = broker.lease(holder, grant=first.id)
        revocation = broker.revocation(first.id)
        calls = [("apply", first), ("revoke", revocation), ("apply", newer), ("revoke", revocation)] * 2
        said = _at_once(specimen, calls)
        given, taken = said[::2], said[1::2]
        assert all(outcome is None or outcome == DONE or outcome.reason in WORDS for outcome in given)
        assert set(taken) <= {DONE, None}
        if DONE not in taken:
            assert revoke(specimen, revocation) == DONE
        assert first.id not in active(specimen)
        assert apply(specimen, newer) == refused("revoked")
    assert not specimen.opens(holder)


def _at_once(specimen: Specimen, calls: list[tuple[str, SignedDocument]]) -> list[Outcome | None]:
    """Each outcome, in order; None where the call failed and has to be repeated."""
    ready = Barrier(len(calls))

    def send(verb: str, document: SignedDocument) -> Outcome | None:
        ready.wait(PATIENCE_S)
        try:
            outcome: Outcome = getattr(specimen.adapter, verb)([document])[document.id]
        except SiteError:
            return None
        return outcome

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(send, *zip(*calls, strict=True), timeout=PATIENCE_S))
