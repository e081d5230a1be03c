"""Orders that shut accounts of a site out, and which of them stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, select, update

from broker.access.tables import containment_orders
from broker.adapters.lease import ContainmentAction, ContainmentClaims, LeaseSigner
from broker.adapters.port import SignedDocument
from broker.errors import IllegalMove, NotFound
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Reader, Transaction


class OrderState(StrEnum):
    """An order is sent until the site answered; ``REFUSED`` is final too, and says why."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


MOVES: Mapping[OrderState, frozenset[OrderState]] = {
    OrderState.PENDING: frozenset({OrderState.CONFIRMED, OrderState.REFUSED}),
    OrderState.CONFIRMED: frozenset(),
    OrderState.REFUSED: frozenset(),
}


@dataclass(frozen=True)
class Order:
    """``account`` is a login of the site, or EVERYONE but ``spare``."""

    id: str
    site_id: str
    account: str
    spare: tuple[str, ...]
    actions: tuple[ContainmentAction, ...]
    version: int
    state: OrderState
    ordered_by: str
    ordered_at: datetime
    settled_at: datetime | None
    tries: int
    next_try_at: datetime | None
    fault: str | None

    @property
    def freezes(self) -> bool:
        return ContainmentAction.FREEZE in self.actions

    @property
    def decides_freezing(self) -> bool:
        return self.freezes or ContainmentAction.RELEASE in self.actions


def get_order(reader: Reader, order_id: str) -> Order:
    """The order, or NotFound."""
    row = reader.one_or_none(select(containment_orders).where(containment_orders.c.id == order_id))
    if row is None:
        raise NotFound("There is no such order.", help="List them with: broker site orders")
    return order_of(row)


def orders_of(reader: Reader, site_id: str) -> list[Order]:
    """All orders for the site, the oldest first."""
    orders = containment_orders
    return read_orders(reader, select(orders).where(orders.c.site_id == site_id).order_by(orders.c.version))


def read_orders(reader: Reader, query: Select[Any]) -> list[Order]:
    return [order_of(row) for row in reader.all(query)]


def standing(orders: list[Order]) -> dict[str, Order]:
    """For each account the last word on whether it is frozen; ``orders`` are one site's, the oldest first."""
    said = [order for order in orders if order.decides_freezing and order.state is not OrderState.REFUSED]
    return {order.account: order for order in said}


def insert_order(tx: Transaction, order: Order) -> None:
    values = {**vars(order), "spare": list(order.spare), "actions": [str(each) for each in order.actions]}
    tx.execute(containment_orders.insert().values(**values))


def settle_order(
    tx: Transaction, ledger: Ledger, order: Order, to: OrderState, entry: Entry, fault: str | None = None
) -> Order:
    """Move along the table and record it; an order somebody else settled is left as it is."""
    if to not in MOVES[OrderState.PENDING]:
        raise IllegalMove(f"An order cannot become {to}.")
    unmoved = (containment_orders.c.id == order.id) & (containment_orders.c.state == OrderState.PENDING)
    changes = {"state": str(to), "settled_at": tx.at, "next_try_at": None, "fault": fault}
    if tx.execute(update(containment_orders).where(unmoved).values(**changes)).rowcount == 1:
        ledger.append(tx, entry)
    return get_order(tx, order.id)


def document_for(signer: LeaseSigner, order: Order) -> SignedDocument:
    """Made from the order's row alone, so that a repeat says the same."""
    claims = ContainmentClaims(
        site=order.site_id,
        issuer=signer.issuer,
        order=order.id,
        account=order.account,
        spare=order.spare,
        actions=order.actions,
        version=order.version,
        issued_at=order.ordered_at,
    )
    return SignedDocument(order.id, signer.sign_containment(claims))


def order_of(row: Row[Any]) -> Order:
    """The frozen value of one row of the table."""
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns
    values["spare"] = tuple(values["spare"])
    values["actions"] = tuple(ContainmentAction(each) for each in values["actions"])
    values["state"] = OrderState(values["state"])
    return Order(**values)
