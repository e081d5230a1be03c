"""Giving and taking back access on a real WordPress beside one bare signed call of the same site."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from broker.access.grant import Grant, GrantState
from broker.access.hand_back import hand_back
from broker.adapters.port import BATCH_LIMIT, Answer
from broker.app import build_parts, open_store
from broker.identity.people import Role
from broker.settings import Settings
from broker.sites.register import Site, add_site, link_account
from broker.store.schema import upgrade
from broker.web.parts import Parts
from tests.benchmarks.cast import PATIENT, Actor, admit, approved, asked, join, noise
from tests.benchmarks.measure import Figure, figure, milliseconds, side_by_side
from tests.benchmarks.reader import Reading
from tests.benchmarks.site_revocations import revocations
from tests.benchmarks.site_visitors import visitors
from tests.benchmarks.sizes import Sizes
from tests.live.broker_side import ISSUER, SITE, BrokerSide, notes_of
from tests.live.wordpress_site import WordPressSite, missing_packages

ACCOUNT, PASSWORD = "clinician", "a-password-for-benchmarks"


@dataclass(frozen=True)
class Connected:
    """A broker and a site that know each other; ``note`` is the post a lease opens."""

    parts: Parts
    site: WordPressSite
    side: BrokerSide
    note: int

    def bare_call(self) -> None:
        """Signed, checked, remembered and answered; nothing to do in it."""
        self.side.adapter._caller.post("apply")


def measure(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    if missing := missing_packages():
        print(f"No WordPress here, so its rows are left out: missing {', '.join(missing)}")
        return
    with _connected(folder) as connected:
        yield _one_push(sizes, connected)
        yield from _lifecycle(sizes, connected)
        yield from _batch(sizes, connected)
        yield from revocations(sizes, connected.site, connected.side)
        yield from visitors(sizes, connected.site, connected.side)


def _one_push(sizes: Sizes, connected: Connected) -> Figure:
    sides = {
        "ours": lambda: milliseconds(lambda: _push(connected, 1)),
        "bare": lambda: milliseconds(connected.bare_call),
    }
    found = side_by_side(sides, sizes.site_rounds * 2)
    what, beside = "WordPress: one lease pushed", "a bare signed call of the same site"
    return figure(what, beside, "ms", found["ours"], found["bare"], "at most 1.05")


def _lifecycle(sizes: Sizes, connected: Connected) -> Iterator[Figure]:
    approver = join(connected.parts, "approver", Role.APPROVER)
    rounds = [_one_life(connected, number, approver) for number in range(sizes.site_rounds + 1)][1:]
    told = {
        "usable": "WordPress: approve to usable",
        "over": "WordPress: hand back to read back as gone",
        "last": "WordPress: hand back to the last read that succeeded",
    }
    for name, what in told.items():
        ours, bare = ([each[side] for each in rounds] for side in (name, "bare"))
        yield figure(what, "a bare signed call of the same site", "ms", ours, bare)


def _one_life(connected: Connected, number: int, approver: Actor) -> dict[str, float]:
    parts, given = connected.parts, []
    holder = _holder(parts, number)
    request = asked(parts, holder, "wordpress-notes")
    taken = {
        "bare": milliseconds(connected.bare_call),
        "usable": milliseconds(lambda: given.append(approved(parts, approver, request))),
    }
    grant: Grant = given[0]
    assert grant.state is GrantState.ACTIVE, grant.fault
    browser = connected.site.log_in(ACCOUNT, PASSWORD)
    with Reading(connected.site, browser, connected.note) as reading:
        taken["over"] = milliseconds(lambda: given.append(reading.end(_hand_back(parts, holder, grant))))
    assert given[1].state is GrantState.REVOKED, given[1].fault
    return {**taken, "last": reading.last_success_ms}


def _batch(sizes: Sizes, connected: Connected) -> Iterator[Figure]:
    count = min(sizes.leases, BATCH_LIMIT)
    sides = {
        "batch": lambda: milliseconds(lambda: _push(connected, count)) / count,
        "single": lambda: milliseconds(lambda: [_push(connected, 1) for _ in range(count)]) / count,
    }
    found = side_by_side(sides, sizes.batch_rounds)
    what = f"WordPress: {count} leases pushed in one call, each"
    yield figure(
        what,
        f"{count} pushes of one lease, each",
        "ms",
        found["batch"],
        found["single"],
        "under 1 ms each, 500 at once",
    )


def _push(connected: Connected, count: int) -> None:
    leases = [connected.side.lease("somebody", notes_of(PATIENT)) for _ in range(count)]
    outcomes = connected.side.adapter.apply(leases)
    assert all(outcome.answer is Answer.DONE for outcome in outcomes.values())


def _holder(parts: Parts, number: int) -> Actor:
    holder = join(parts, f"holder{number}", Role.CLINICIAN)
    with parts.store.write() as tx:
        link_account(tx, parts.ledger, SITE, holder.person.id, ACCOUNT, actor="benchmark")
    return holder


def _hand_back(parts: Parts, holder: Actor, grant: Grant) -> Callable[[], Grant]:
    return lambda: hand_back(parts.equipment, holder.person, grant.id)


@contextmanager
def _connected(folder: Path) -> Iterator[Connected]:
    settings = Settings(state_dir=folder / "state", issuer=ISSUER)
    store = open_store(settings)
    upgrade(store.engine)
    store.engine.dispose()
    parts, side = build_parts(settings), BrokerSide()
    side.signer = parts.equipment.lease_signer
    site = WordPressSite(folder / "wordpress")
    try:
        site.start()
        site.install_companion(side.pairing)
        side.connect(site.url)
        _introduce(parts, site.url)
        yield Connected(parts, site, side, _furnish(site))
    finally:
        site.stop()
        parts.store.engine.dispose()


def _introduce(parts: Parts, url: str) -> None:
    admit(parts, noise(1_000))
    with parts.store.write() as tx:
        site = Site(SITE, "wordpress", "The clinic", url, allow_private=True, added_at=tx.at)
        add_site(tx, parts.ledger, site, actor="benchmark")


def _furnish(site: WordPressSite) -> int:
    for account in (ACCOUNT, "somebody"):
        site.create_user(account, password=PASSWORD)
    return site.create_post("A note", patient=PATIENT, content="Synthetic text.")
