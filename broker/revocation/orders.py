"""Orders that shut accounts out are sent until their site has answered."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import structlog
from sqlalchemy import select

from broker.access.contain import send_orders
from broker.access.containment import Order, OrderState, read_orders
from broker.access.equipment import Equipment
from broker.access.tables import containment_orders
from broker.adapters.port import BATCH_LIMIT
from broker.revocation.due import SITES_AT_ONCE
from broker.sites.register import CONNECTED

log = structlog.get_logger("broker.sweep")


def send_orders_due(equipment: Equipment) -> int:
    """How many were settled. A site that does not answer keeps no other from being told."""
    orders: dict[str, list[Order]] = {}
    for order in _due(equipment):
        orders.setdefault(order.site_id, []).append(order)
    if not orders:
        return 0
    with ThreadPoolExecutor(SITES_AT_ONCE, thread_name_prefix="orders") as pool:
        return sum(pool.map(lambda item: _send(equipment, *item), orders.items()))


def _due(equipment: Equipment) -> list[Order]:
    columns = containment_orders.c
    with equipment.store.read() as reader:
        due = (columns.state == OrderState.PENDING) & (columns.next_try_at <= reader.at)
        # In the order they were given: of two about one account the later one stands.
        due &= columns.site_id.in_(CONNECTED)
        query = select(containment_orders).where(due).order_by(columns.version).limit(BATCH_LIMIT)
        return read_orders(reader, query)


def _send(equipment: Equipment, site_id: str, orders: list[Order]) -> int:
    try:
        settled = send_orders(equipment, site_id, orders)
    except Exception:  # sent, and not written down: it is sent once more
        log.exception("order_unrecorded", site=site_id)
        return 0
    return sum(order.state is not OrderState.PENDING for order in settled)
