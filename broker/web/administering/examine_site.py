"""A site examined with all that this broker's records and policy say of it."""

from __future__ import annotations

from dataclasses import replace

from broker.lease_keys import read_ring
from broker.revocation.reconcile.drift import SEEN_BY_HEALTH, DriftKind
from broker.revocation.reconcile.open_drifts import open_drifts
from broker.sites.credentials import secret_names
from broker.sites.doctor import Examined, examine
from broker.sites.finding import Finding
from broker.sites.fitness import Expected
from broker.sites.known_keys import key_findings
from broker.sites.linked import logins_on
from broker.sites.register import Site
from broker.web.parts import Parts

# What the site says of itself when it is asked needs no telling twice.
SEEN_JUST_NOW = SEEN_BY_HEALTH | {DriftKind.COMPANION_MISSING}


def examine_site(parts: Parts, site: Site) -> Examined:
    """Asks over the network; writes nothing."""
    roles = {id_: each.site_role for id_, each in parts.catalog.entitlements.items()}
    offered = {id_: role.scope for id_, role in roles.items() if role is not None and role.site == site.id}
    required = parts.catalog.rules_of(site.id).companion_required
    with parts.store.read() as reader:
        expected = Expected(logins_on(reader, site.id), secret_names(reader, site.id), offered, required)
        open_ = open_drifts(reader, site.id)
    examined = examine(site, parts.equipment.adapter_for, parts.clock.wall(), expected)
    known = examined.health.keys if examined.health else ()
    ring = [key.kid for key in read_ring(parts.settings.keys_dir)]
    differs = [
        Finding(good=False, words=f"{each.sentence} {each.proposal}")
        for each in open_
        if each.kind not in SEEN_JUST_NOW
    ]
    return replace(examined, findings=[*examined.findings, *key_findings(site, known, ring), *differs])
