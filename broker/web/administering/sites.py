"""The connected sites, and how one is when somebody asks it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, Response, make_response, redirect, render_template, url_for

from broker.adapters.port import Health
from broker.errors import CompanionMissing
from broker.identity.people import Role
from broker.revocation.reconcile.drift import ACTS
from broker.revocation.reconcile.open_drifts import OpenDrift, open_drifts
from broker.sites.doctor import Examined
from broker.sites.finding import Finding
from broker.sites.register import Site, get_site, list_sites
from broker.sites.watch import Watch, watch_of
from broker.web.administering.examine_site import examine_site
from broker.web.frame.guard import signed_in
from broker.web.parts import parts

pages = Blueprint("sites", __name__)


@dataclass(frozen=True)
class Asked:
    """What a site answered just now, as ``broker doctor`` tells it; ``health`` is None when it did not."""

    site_id: str
    state: str
    findings: list[Finding]
    health: Health | None = None
    skew: timedelta = timedelta()


@dataclass(frozen=True)
class Watched:
    """A site, when it was last looked at, and where it differed from what was granted."""

    site: Site
    watch: Watch
    drifts: list[OpenDrift]


@pages.get("/sites")
@signed_in(Role.ADMIN)
def overview() -> str:
    return sites_page()


@pages.post("/sites/<site_id>/health")
@signed_in(Role.ADMIN)
def ask(site_id: str) -> str:
    """Asks over the network, so only a button starts it; nothing is written."""
    with parts().store.read() as reader:
        site = get_site(reader, site_id)
    return sites_page(_ask(site))


@pages.get("/sites/<site_id>/health")
@signed_in(Role.ADMIN)
def back(site_id: str) -> Response:  # noqa: ARG001 - the address names a site, the page shows all of them
    """Whoever had to sign in again comes back to the list, and no site is asked for them."""
    return make_response(redirect(url_for("sites.overview"), 303))


def sites_page(asked: Asked | None = None, note: str = "") -> str:
    """The list; ``asked`` is what a site answered just now, ``note`` what came of what was just done."""
    with parts().store.read() as reader:
        found = [
            Watched(site, watch_of(reader, site.id), open_drifts(reader, site.id))
            for site in list_sites(reader)
        ]
    return render_template(
        "pages/sites/overview.html",
        found=found,
        asked=asked,
        note=note,
        acts=ACTS,
    )


def _ask(site: Site) -> Asked:
    examined = examine_site(parts(), site)
    health, state = examined.health, _state(examined)
    if health is None:
        return Asked(site.id, state, examined.findings)
    return Asked(site.id, state, examined.findings, health, health.site_time - parts().clock.wall())


def _state(examined: Examined) -> str:
    if examined.fault is not None and not isinstance(examined.fault, CompanionMissing):
        return "unreachable"
    return "healthy" if examined.well else "unwell"
