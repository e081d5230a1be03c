"""Accounts of a site are shut out although the order cannot be written down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from broker.access.containment import Order, OrderState, insert_order
from broker.access.equipment import Equipment
from broker.access.late.record import Late, LateKind
from broker.adapters.lease import ContainmentAction
from broker.clock import new_id
from broker.errors import Unavailable
from broker.ledger.entry import Entry
from broker.sites.register import CONNECTED, newest_version, raise_versions
from broker.sites.tables import sites
from broker.store import Transaction

GAP = 1_000
"""Versions left out, so that none is given out again by whoever writes before this order is written down."""


def put_order_aside(equipment: Equipment, wanted: Order) -> Order:
    """The order with a version no document of the site has carried. Unavailable when it could not be kept."""
    with equipment.store.read() as reader:
        newest = newest_version(reader, wanted.site_id)
    kept: list[Order] = []

    def compose(waiting: Sequence[Late]) -> list[Late]:
        spooled = [
            int(each.facts["version"])
            for each in waiting
            if each.kind is LateKind.CONTAINED and each.facts["site"] == wanted.site_id
        ]
        order = _numbered(wanted, max([newest, *spooled]) + GAP)
        kept[:] = [order]
        return [_late(order)]

    if not equipment.spool.keep(compose):
        raise Unavailable(
            "The order could not be written down, so nothing was sent.",
            help="Shut the account out on the site itself, and try again in a minute.",
        )
    return kept[0]


def orders_waiting(waiting: Sequence[Late]) -> list[Order]:
    return [_order(each) for each in waiting if each.kind is LateKind.CONTAINED]


def write_down_order(tx: Transaction, equipment: Equipment, late: Late) -> None:
    """It is sent again by the sweep, word for word, and settled then."""
    order = _order(late)
    raise_versions(tx, order.site_id, order.version + 1)
    # A site that these records do not know any more gets no order; what was done there is told all the same.
    if tx.one_or_none(CONNECTED.where(sites.c.id == order.site_id)) is not None:
        insert_order(tx, order)
    facts = {**late.facts, **late.marks, "order": late.about}
    equipment.ledger.append(tx, Entry("site.contain_ordered", late.actor, facts=facts))


def _numbered(order: Order, version: int) -> Order:
    return Order(**{**vars(order), "version": version})


def _late(order: Order) -> Late:
    facts: dict[str, Any] = {
        "site": order.site_id,
        "account": order.account,
        "spare": list(order.spare),
        "actions": [str(each) for each in order.actions],
        "version": order.version,
    }
    at = order.ordered_at
    return Late(new_id("late"), LateKind.CONTAINED, order.id, order.ordered_by, at, at, facts)


def _order(late: Late) -> Order:
    facts = late.facts
    return Order(
        id=late.about,
        site_id=facts["site"],
        account=facts["account"],
        spare=tuple(facts["spare"]),
        actions=tuple(ContainmentAction(each) for each in facts["actions"]),
        version=facts["version"],
        state=OrderState.PENDING,
        ordered_by=late.actor,
        ordered_at=late.at,
        settled_at=None,
        tries=0,
        next_try_at=late.at,
        fault=None,
    )
