"""Security shuts accounts of a site out at once: ordered in one commit, sent until the site confirms it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, update

from broker.access.ask_site import ask_to_contain
from broker.access.backoff import UNCONFIRMED_AFTER, delay
from broker.access.containment import (
    Order,
    OrderState,
    get_order,
    insert_order,
    settle_order,
)
from broker.access.equipment import Equipment
from broker.access.grant import LIVE, Cause, grant_of
from broker.access.late.containments import put_order_aside
from broker.access.late.end_unrecorded import put_aside
from broker.access.tables import containment_orders, grants
from broker.access.take_back import begin_taking_back
from broker.adapters.lease import EVERYONE, ContainmentAction
from broker.adapters.port import Answer, Outcome
from broker.clock import jitter, new_id
from broker.errors import Invalid, Unavailable
from broker.ledger.entry import Entry, Fact
from broker.sites.register import get_site, reserve_versions
from broker.sites.watch import look_soon
from broker.store import Transaction

MOST_SPARED = 100
LONGEST_ACCOUNT = 60
# Asking again would be answered in the same way.
FINAL_REFUSALS = frozenset(
    {"stale_version", "unknown_account", "bad_claims", "own_account", "api_keys_remain"}
)


@dataclass(frozen=True)
class Containment:
    """What is to be done to ``account`` of a site, or to EVERYONE there but ``spare``."""

    site_id: str
    account: str
    actions: tuple[ContainmentAction, ...]
    spare: tuple[str, ...] = ()


def contain(equipment: Equipment, what: Containment, *, actor: str) -> Order:
    """Order it and send it once; the sweep goes on until the site answered. Invalid when it makes no sense."""
    _check(what)
    try:
        with equipment.store.write() as tx:
            order = order_containment(tx, equipment, what, actor=actor)
            if ContainmentAction.END_LEASES in what.actions:
                _end_grants(tx, equipment, what, actor)
    except Unavailable:
        return _contain_unrecorded(equipment, what, actor)
    return send_orders(equipment, what.site_id, [order])[0]


def order_containment(tx: Transaction, equipment: Equipment, what: Containment, *, actor: str) -> Order:
    """Write the order down; whoever calls sends it, or the next sweep does."""
    get_site(tx, what.site_id)
    order = _order(what, reserve_versions(tx, what.site_id), actor=actor, at=tx.at)
    insert_order(tx, order)
    facts = {"spare": list(order.spare), "version": order.version}
    equipment.ledger.append(tx, _entry("site.contain_ordered", order, actor, **facts))
    return order


def send_orders(equipment: Equipment, site_id: str, orders: Sequence[Order]) -> list[Order]:
    """One call with all of them, and what came of each."""
    outcomes, fault = ask_to_contain(equipment, site_id, orders)
    return _settle(equipment, orders, outcomes, fault)


def _contain_unrecorded(equipment: Equipment, what: Containment, actor: str) -> Order:
    """Put aside first, then sent; the sweep sends it again and writes it down."""
    at = equipment.store.clock.now()
    order = put_order_aside(equipment, _order(what, 0, actor=actor, at=at))
    if ContainmentAction.END_LEASES in what.actions:
        with equipment.store.read() as reader:
            ending = [grant_of(row) for row in reader.all(_live_grants(what))]
        put_aside(equipment, ending, Cause.ENDED_BY_SECURITY, actor=actor)
    outcomes, fault = ask_to_contain(equipment, what.site_id, [order])
    outcome = outcomes.get(order.id)
    if outcome is not None and outcome.answer is Answer.DONE:
        return replace(order, state=OrderState.CONFIRMED)
    return replace(order, fault=fault or f"The site refused it: {outcome.reason if outcome else ''}.")


def _order(what: Containment, version: int, *, actor: str, at: datetime) -> Order:
    return Order(
        id=new_id("order"),
        site_id=what.site_id,
        account=what.account,
        spare=what.spare,
        actions=what.actions,
        version=version,
        state=OrderState.PENDING,
        ordered_by=actor,
        ordered_at=at,
        settled_at=None,
        tries=0,
        next_try_at=at,
        fault=None,
    )


def _settle(
    equipment: Equipment, orders: Sequence[Order], outcomes: Mapping[str, Outcome], fault: str
) -> list[Order]:
    with equipment.store.write() as tx:
        if outcomes:
            look_soon(tx, orders[0].site_id)
        return [_settle_one(tx, equipment, order, outcomes.get(order.id), fault) for order in orders]


def _settle_one(
    tx: Transaction, equipment: Equipment, order: Order, outcome: Outcome | None, fault: str
) -> Order:
    if outcome is not None and outcome.answer is Answer.DONE:
        entry = _entry("site.contained", order, "broker")
        return settle_order(tx, equipment.ledger, order, OrderState.CONFIRMED, entry)
    reason = outcome.reason if outcome is not None else ""
    if reason in FINAL_REFUSALS:
        entry = _entry("site.contain_refused", order, "broker", reason=reason)
        said = f"The site refused it: {reason}."
        return settle_order(tx, equipment.ledger, order, OrderState.REFUSED, entry, said)
    return _try_later(tx, equipment, order, f"The site refused it: {reason}." if reason else fault)


def _try_later(tx: Transaction, equipment: Equipment, asked: Order, fault: str) -> Order:
    order = get_order(tx, asked.id)
    if order.state is not OrderState.PENDING:
        return order
    tries = order.tries + 1
    again = {"tries": tries, "next_try_at": tx.at + delay(tries, jitter()), "fault": fault}
    tx.execute(update(containment_orders).where(containment_orders.c.id == order.id).values(**again))
    if tries == UNCONFIRMED_AFTER:
        entry = _entry("site.contain_unconfirmed", order, "broker", tries=tries, fault=fault)
        equipment.ledger.append(tx, entry)
    return get_order(tx, order.id)


def _end_grants(tx: Transaction, equipment: Equipment, what: Containment, actor: str) -> None:
    """What the broker granted there ends with it, or it would be sent again as missing."""
    for row in tx.all(_live_grants(what)):
        begin_taking_back(tx, equipment, grant_of(row), Cause.ENDED_BY_SECURITY, actor=actor)


def _live_grants(what: Containment) -> Select[Any]:
    live = (grants.c.site_id == what.site_id) & grants.c.state.in_(LIVE)
    if what.account != EVERYONE:
        live &= grants.c.account == what.account
    return select(grants).where(live, grants.c.account.not_in(what.spare))


def _check(what: Containment) -> None:
    faults = {}
    actions = set(what.actions)
    if not actions or len(actions) < len(what.actions):
        faults["actions"] = "say what is to be done, each thing once"
    if {ContainmentAction.FREEZE, ContainmentAction.RELEASE} <= actions:
        faults["actions"] = "freeze or release, not both"
    if what.spare and what.account != EVERYONE:
        faults["spare"] = "only where everyone else is meant"
    if len(what.spare) > MOST_SPARED:
        faults["spare"] = f"at most {MOST_SPARED} accounts"
    if not all(_is_account(each) for each in (what.account, *what.spare)):
        faults["account"] = f"a login of 1 to {LONGEST_ACCOUNT} characters"
    if faults:
        words = "; ".join(f"{name}: {fault}" for name, fault in faults.items())
        raise Invalid(f"This cannot be ordered: {words}.", faults)


def _is_account(account: str) -> bool:
    return 0 < len(account.encode()) <= LONGEST_ACCOUNT and account.isprintable()


def _entry(event: str, order: Order, actor: str, **facts: Fact) -> Entry:
    about = {
        "site": order.site_id,
        "order": order.id,
        "account": order.account,
        "actions": list(map(str, order.actions)),
    }
    return Entry(event, actor, facts={**about, **facts})
