"""What policy offers to whom, as this process read it when it started."""

from __future__ import annotations

from pydantic import Field

from broker.identity.people import Role
from broker.policy.catalog import Entitlement
from broker.policy.scope_words import scope_words
from broker.web.api.asking.offers import Offer, offer
from broker.web.api.frame.call import Call
from broker.web.api.frame.operation import Door, Family
from broker.web.api.frame.shape import Told
from broker.web.parts import parts

policy = Family("administering")


class Rule(Told):
    """``who`` may ask, ``approvers`` may decide; ``site`` and ``opens`` are of a role on a site."""

    offer: Offer
    who: list[str]
    approvers: list[str]
    compartments: list[str]
    site: str | None
    opens: list[str]


class Policy(Told):
    """``digest`` is of the meaning, not of the writing; every request and grant in the ledger names it."""

    digest: str = Field(min_length=64, max_length=64)
    rules: list[Rule]


@policy.get("/policy", "Read the policy in force", Door(roles=frozenset({Role.ADMIN})))
def show_policy(call: Call) -> Policy:  # noqa: ARG001 - alike for everybody who came through the door
    catalog = parts().catalog
    return Policy(digest=catalog.digest, rules=[_rule(each) for each in catalog.entitlements.values()])


def _rule(entitlement: Entitlement) -> Rule:
    role = entitlement.site_role
    return Rule(
        offer=offer(entitlement),
        who=sorted(entitlement.who),
        approvers=sorted(entitlement.approvals.roles),
        compartments=sorted(entitlement.compartments),
        site=role.site if role else None,
        opens=list(scope_words(role.scope)) if role else [],
    )
