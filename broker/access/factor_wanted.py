"""With what policy wants an act confirmed. Asked before anything else, so that the answer tells nothing of patients."""

from __future__ import annotations

from broker.access.equipment import TypedCode
from broker.identity.factors.refusal import Reason, Refusal
from broker.identity.factors.step_up import Method
from broker.policy.catalog import Catalog, Factor


def short_of_policy(catalog: Catalog, entitlement_id: str, typed: TypedCode) -> Refusal | None:
    """A Refusal for a code where only a passkey will do; the code is not used up."""
    if wants_passkey(catalog, entitlement_id) and not typed.passkey:
        return Refusal(Reason.PASSKEY_WANTED)
    return None


def session_will_do(catalog: Catalog, entitlement_id: str, method: str) -> bool:
    """Whether a sign-in by ``method`` is as good as policy wants, while it is fresh."""
    return method == Method.PASSKEY or not wants_passkey(catalog, entitlement_id)


def wants_passkey(catalog: Catalog, entitlement_id: str) -> bool:
    entitlement = catalog.entitlements.get(entitlement_id)
    return entitlement is not None and entitlement.factor is Factor.PASSKEY
