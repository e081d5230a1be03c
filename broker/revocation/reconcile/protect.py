"""A site's standing rule: where policy says so, who administers the network has no standing right to patients."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from broker.access.equipment import Equipment
from broker.adapters.lease import ProtectionClaims
from broker.adapters.port import Adapter, Answer, SignedDocument
from broker.ledger.entry import Entry
from broker.policy.catalog import Catalog
from broker.revocation.reconcile.drift import Drift, DriftKind
from broker.revocation.reconcile.open_drifts import replace_drifts
from broker.sites.register import Site, reserve_versions
from broker.sites.watch import update_watch, watch_of

NOTHING = ""
FORGOTTEN = "forgotten"
"""In place of a digest: the site had a rule and may not have it any more."""


@dataclass(frozen=True)
class Rule:
    """What policy wants of a site; ``digest`` tells one rule from another, NOTHING when nothing is to be said."""

    stop: bool
    post_types: tuple[str, ...]
    orders: bool

    @property
    def digest(self) -> str:
        return sha256(repr(self).encode()).hexdigest()


def rule_for(catalog: Catalog, site_id: str) -> Rule:
    """What entitlements open on the site is what has to be closed to everybody else there."""
    scopes = [role.scope for role in catalog.offered_on(site_id)]
    types = sorted({scope["posts"]["post_type"] for scope in scopes if "posts" in scope})
    stop = catalog.rules_of(site_id).stop_super_admins
    return Rule(stop, tuple(types) if stop else (), stop and any("orders" in scope for scope in scopes))


def protect(equipment: Equipment, site: Site, adapter: Adapter) -> None:
    """Send the site its rule when it has another one. SiteError when it does not answer."""
    rule = rule_for(equipment.catalog, site.id)
    with equipment.store.read() as reader:
        known = watch_of(reader, site.id).protection
    # A site that never had a rule needs none that allows everything.
    if known == rule.digest or (known == NOTHING and not rule.stop):
        return
    outcome = adapter.protect(_sign(equipment, site.id, rule))
    _settle(equipment, site.id, rule, "" if outcome.answer is Answer.DONE else outcome.reason)


def _sign(equipment: Equipment, site_id: str, rule: Rule) -> SignedDocument:
    signer = equipment.lease_signer
    with equipment.store.write() as tx:
        claims = ProtectionClaims(
            site=site_id,
            issuer=signer.issuer,
            stop_super_admins=rule.stop,
            post_types=rule.post_types,
            orders=rule.orders,
            version=reserve_versions(tx, site_id),
            issued_at=tx.at,
        )
    return SignedDocument(site_id, signer.sign_protection(claims))


def _settle(equipment: Equipment, site_id: str, rule: Rule, reason: str) -> None:
    refused = Drift(
        DriftKind.UNPROTECTED,
        "",
        f"Policy stops network administrators there, and the site does not take that rule: {reason}.",
        "Update the companion there, or say super_admins: free in the policy's section sites.",
    )
    kinds = frozenset({DriftKind.UNPROTECTED})
    with equipment.store.write() as tx:
        replace_drifts(tx, equipment.ledger, site_id, [refused] if reason else [], kinds, {})
        if not reason:
            update_watch(tx, site_id, protection=rule.digest)
            facts = {
                "site": site_id,
                "super_admins": "stopped" if rule.stop else "free",
                "post_types": list(rule.post_types),
                "orders": rule.orders,
                "policy": equipment.catalog.digest,
            }
            equipment.ledger.append(tx, Entry("site.protected", "broker", facts=facts))
