"""The same calls on a real WooCommerce and a real Magento, where somebody has one.

BROKER_TEST_WOOCOMMERCE_DIR and BROKER_TEST_MAGENTO name them, as for the tests; without them there are no rows.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from broker.adapters.companion.site import CompanionSite
from broker.adapters.port import Answer, Outcome, SignedDocument
from tests.adapters.magento.test_real import RealShop
from tests.benchmarks.measure import Figure, figure, milliseconds, side_by_side
from tests.benchmarks.site_visitors import visitors
from tests.benchmarks.sizes import Sizes
from tests.live.broker_side import BrokerSide, notes_of
from tests.live.shop.site import REAL as WOOCOMMERCE
from tests.live.shop.site import Shop

MAGENTO = "BROKER_TEST_MAGENTO"


@dataclass(frozen=True)
class Counter:
    """A shop somebody may be let into: ``lease`` and ``revocation`` make signed documents."""

    name: str
    adapter: CompanionSite
    lease: Callable[[], SignedDocument]
    revocation: Callable[[str], SignedDocument]

    def bare(self) -> None:
        """Signed, checked, remembered and answered; nothing to do in it."""
        self.adapter._caller.post("apply")

    def give(self, count: int) -> list[str]:
        leases = [self.lease() for _ in range(count)]
        _all_done(self.adapter.apply(leases))
        return [lease.id for lease in leases]

    def end(self, grants: Sequence[str]) -> None:
        _all_done(self.adapter.revoke([self.revocation(grant) for grant in grants]))


def measure(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    if WOOCOMMERCE in os.environ:
        yield from woocommerce(sizes, folder)
    if MAGENTO in os.environ:
        yield from magento(sizes, json.loads(Path(os.environ[MAGENTO]).read_text(encoding="utf-8")))


def woocommerce(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    with _woocommerce(folder) as (counter, shop, side):
        yield from _calls(sizes, counter)
        yield from visitors(sizes, shop, side, counter.name)


def magento(sizes: Sizes, said: dict[str, Any]) -> Iterator[Figure]:
    shop = RealShop(said)
    name = shop.adapter.health().platform_version
    yield from _calls(sizes, Counter(name, shop.adapter, shop.lease, shop.revocation))


def _calls(sizes: Sizes, counter: Counter) -> Iterator[Figure]:
    singles = {
        "bare": lambda: milliseconds(counter.bare),
        "give": lambda: milliseconds(lambda: counter.give(1)),
        "end": lambda: _ended(counter, 1),
        "over": lambda: _ended(counter, 1, read_back=True),
    }
    found = side_by_side(singles, sizes.site_rounds)
    beside = "a bare signed call of the same site"
    for name, what in (
        ("give", "one lease pushed"),
        ("end", "one revocation"),
        ("over", "one revocation, and read back as gone"),
    ):
        yield figure(f"{counter.name}: {what}", beside, "ms", found[name], found["bare"])
    many, few = sizes.revocations, max(1, sizes.leases // 5)
    batches = {
        "batch": lambda: _ended(counter, many) / many,
        "single": lambda: sum(_ended(counter, 1) for _ in range(few)) / few,
    }
    found = side_by_side(batches, sizes.batch_rounds)
    what = f"{counter.name}: {many} revocations in one call, each"
    yield figure(what, f"{few} calls of one revocation, each", "ms", found["batch"], found["single"])


def _ended(counter: Counter, count: int, *, read_back: bool = False) -> float:
    grants = counter.give(count)

    def end() -> None:
        counter.end(grants)
        if read_back:
            assert not set(grants) & set(counter.adapter.observe().active)

    return milliseconds(end)


def _all_done(outcomes: dict[str, Outcome]) -> None:
    assert all(outcome.answer is Answer.DONE for outcome in outcomes.values()), outcomes


@contextmanager
def _woocommerce(folder: Path) -> Iterator[tuple[Counter, Shop, BrokerSide]]:
    shop, side = Shop(folder / "shop"), BrokerSide()
    try:
        shop.start()
        shop.install_companion(side.pairing)
        side.connect(shop.url)
        shop.create_user("somebody", password="a-password-for-benchmarks")
        versions = shop.versions()
        name = f"WordPress {versions['wordpress']} with WooCommerce {versions['woocommerce']}"
        yield (
            Counter(name, side.adapter, lambda: side.lease("somebody", notes_of("P-1")), side.revocation),
            shop,
            side,
        )
    finally:
        shop.stop()
