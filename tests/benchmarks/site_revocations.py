"""Taking back much at once on a real WordPress: in one call, one by one, and as WordPress's own roles would be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import requests

from broker.adapters.port import BATCH_LIMIT, Answer, SignedDocument
from tests.benchmarks.cast import PATIENT
from tests.benchmarks.measure import Figure, figure, milliseconds, side_by_side
from tests.benchmarks.sizes import Sizes
from tests.live.broker_side import BrokerSide, notes_of
from tests.live.wordpress_site import WordPressSite

# Holds no other lease: each end looks at all that the account still holds.
ACCOUNT = "colleague"


def revocations(sizes: Sizes, site: WordPressSite, side: BrokerSide) -> Iterator[Figure]:
    many, few = min(sizes.revocations, BATCH_LIMIT), sizes.leases
    core = CoreRoles(site)
    sides = {
        "batch": lambda: _ended(side, _given(side, many), at_once=many),
        "single": lambda: _ended(side, _given(side, few), at_once=1),
        "core": lambda: core.put(few),
    }
    found = side_by_side(sides, sizes.batch_rounds)
    what = f"WordPress: {many} revocations in one call, each"
    yield figure(what, f"{few} calls of one revocation, each", "ms", found["batch"], found["single"])
    beside = f"{few} PUTs of WordPress's own users/ID {{roles}}, each"
    yield figure(what, beside, "ms", found["batch"], found["core"])
    yield figure("WordPress: one revocation in a call", beside, "ms", found["single"], found["core"])


def _given(side: BrokerSide, count: int) -> list[str]:
    leases = [side.lease(ACCOUNT, notes_of(PATIENT)) for _ in range(count)]
    outcomes = side.adapter.apply(leases)
    assert all(outcome.answer is Answer.DONE for outcome in outcomes.values())
    return [lease.id for lease in leases]


def _ended(side: BrokerSide, grants: Sequence[str], *, at_once: int) -> float:
    """Milliseconds for each of the grants, signed beforehand, all of them gone afterwards."""
    documents = [side.revocation(grant) for grant in grants]
    batches = [documents[start : start + at_once] for start in range(0, len(documents), at_once)]
    taken = milliseconds(lambda: [_done(side, batch) for batch in batches]) / len(documents)
    assert not set(grants) & side.active()
    return taken


def _done(side: BrokerSide, batch: Sequence[SignedDocument]) -> None:
    outcomes = side.adapter.revoke(batch)
    assert all(outcome.answer is Answer.DONE for outcome in outcomes.values())


class CoreRoles:
    """What a site without a companion offers: the whole set of roles of one user, replaced by an administrator."""

    def __init__(self, site: WordPressSite) -> None:
        site.create_user("operator", role="administrator", password="a-password-for-benchmarks")
        self._address = (
            f"{site.url}/?rest_route=/wp/v2/users/{site.create_user(ACCOUNT, password='unused-here')}"
        )
        self._session = requests.Session()
        self._session.auth = ("operator", site.application_password("operator"))

    def put(self, count: int) -> float:
        """Milliseconds for each."""
        return milliseconds(lambda: [self._put() for _ in range(count)]) / count

    def _put(self) -> None:
        answer = self._session.put(self._address, json={"roles": ["subscriber"]}, timeout=20)
        assert answer.json()["roles"] == ["subscriber"]
