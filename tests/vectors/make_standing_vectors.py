"""Writes the vectors of what stands beside leases: python -m tests.vectors.make_standing_vectors.

Containment orders, protection rules, and the mark that every call carries.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from broker.adapters.lease import (
    ContainmentAction,
    ContainmentClaims,
    LeaseSigner,
    ProtectionClaims,
)
from broker.adapters.pairing import pairing_text
from tests.vectors.make_lease_vectors import (
    BODY,
    ISSUER,
    MARK,
    NOW,
    OURS,
    ROUTE,
    SITE,
    THEIRS,
    altered,
    lease,
    revocation,
)

FILE = Path(__file__).with_name("standing.json")
Case = tuple[str, str, str]


def containment(by: LeaseSigner = OURS, **changed: Any) -> str:
    fields: dict[str, Any] = {
        "site": SITE,
        "order": "order_0001",
        "account": "nurse",
        "spare": (),
        "actions": (ContainmentAction.FREEZE, ContainmentAction.END_LEASES),
        "version": 3,
        "issued_at": NOW,
        "issuer": by.issuer,
    }
    return by.sign_containment(ContainmentClaims(**{**fields, **changed}))


def protection(by: LeaseSigner = OURS, **changed: Any) -> str:
    fields: dict[str, Any] = {
        "site": SITE,
        "stop_super_admins": True,
        "post_types": ("patient_note",),
        "orders": True,
        "version": 4,
        "issued_at": NOW,
        "issuer": by.issuer,
    }
    return by.sign_protection(ProtectionClaims(**{**fields, **changed}))


def _containments() -> Iterator[Case]:
    def raw(**changed: Any) -> str:
        return altered(containment(), **changed)

    yield "valid", containment(), "ok"
    yield (
        "valid, every action but release",
        raw(actions=[a for a in ContainmentAction if a != "release"]),
        "ok",
    )
    yield "valid, release", containment(actions=(ContainmentAction.RELEASE,)), "ok"
    yield "valid, everyone", containment(account="*"), "ok"
    yield "valid, everyone but two", containment(account="*", spare=("admin", "doctor")), "ok"
    yield "for another site", containment(site="shop"), "wrong_audience"
    yield "wrong key", containment(THEIRS), "unknown_key"
    yield "tampered", containment()[:-6] + "AAAAAA", "bad_signature"
    yield "a revocation in place of an order", revocation(), "wrong_type"
    yield "spared beside one account", raw(spare=["admin"]), "bad_claims"
    yield "frozen and released", raw(actions=["freeze", "release"]), "bad_claims"
    yield "nothing to do", raw(actions=[]), "bad_claims"
    yield "an unknown action", raw(actions=["freeze", "delete_account"]), "bad_claims"
    yield "an action twice", raw(actions=["freeze", "freeze"]), "bad_claims"
    yield "actions as text", raw(actions="freeze"), "bad_claims"
    yield "actions as a map", raw(actions={"freeze": True}), "bad_claims"
    yield "an action that is a number", raw(actions=[1]), "bad_claims"
    yield "spare is text", raw(account="*", spare="admin"), "bad_claims"
    yield "no spare", raw(spare=None), "bad_claims"
    yield "too many spared", raw(account="*", spare=[f"a{n}" for n in range(101)]), "bad_claims"
    yield "an empty spared account", raw(account="*", spare=[""]), "bad_claims"
    yield "no account", raw(account=""), "bad_claims"
    yield "account with a line break", raw(account="nurse\nadmin"), "bad_claims"
    yield "an order with a slash", raw(order="../1"), "bad_claims"
    yield "no version", raw(ver=None), "bad_claims"
    yield "a negative version", raw(ver=-1), "bad_claims"


def _protections() -> Iterator[Case]:
    def raw(**changed: Any) -> str:
        return altered(protection(), **changed)

    yield "valid", protection(), "ok"
    yield "valid, free", protection(stop_super_admins=False, post_types=(), orders=False), "ok"
    yield "for another site", protection(site="shop"), "wrong_audience"
    yield "wrong key", protection(THEIRS), "unknown_key"
    yield "a lease in place of a rule", lease(), "wrong_type"
    yield "an unknown word", raw(super_admins="half"), "bad_claims"
    yield "a truth in place of the word", raw(super_admins=True), "bad_claims"
    yield "orders as a number", raw(orders=1), "bad_claims"
    yield "no orders", raw(orders=None), "bad_claims"
    yield "post types as text", raw(post_types="patient_note"), "bad_claims"
    yield "a post type too long", raw(post_types=["n" * 21]), "bad_claims"
    yield "no version", raw(ver=None), "bad_claims"


def _marks() -> Iterator[Case]:
    good = OURS.sign_call(SITE, ROUTE, BODY.encode(), NOW, "call_0002", MARK)

    def raw(**changed: Any) -> str:
        return altered(good, **changed)

    yield "valid", good, "ok"
    yield "nothing reserved yet", raw(mark=0), "ok"
    yield "no mark", raw(mark=None), "bad_claims"
    yield "a negative mark", raw(mark=-1), "bad_claims"
    yield "a mark as text", raw(mark="7"), "bad_claims"
    yield "a mark beyond what a number holds", raw(mark=2**53), "bad_claims"


def document() -> dict[str, Any]:
    def listed(cases: Iterator[Case]) -> list[dict[str, str]]:
        return [{"name": name, "jws": jws, "expect": expect} for name, jws, expect in cases]

    return {
        "now": int(NOW.timestamp()),
        "pairing": pairing_text(SITE, ISSUER, [OURS.public_jwk]),
        "containments": listed(_containments()),
        "protections": listed(_protections()),
        "calls": {"route": ROUTE, "body": BODY, "mark": MARK, "cases": listed(_marks())},
    }


def text() -> str:
    return json.dumps(document(), indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
