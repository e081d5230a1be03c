"""The connected sites, and how one is when somebody asks it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, Response, make_response, redirect, render_template, url_for

from broker.adapters.port import Health
from broker.errors import CompanionMissing, SiteError
from broker.identity.people import Role
from broker.sites.register import Site, get_site, list_sites
from broker.web.frame.guard import signed_in
from broker.web.parts import parts

pages = Blueprint("sites", __name__)


@dataclass(frozen=True)
class Asked:
    """What a site answered just now; ``health`` is None when it did not, then ``fault`` and ``help`` say why."""

    site_id: str
    state: str
    health: Health | None = None
    skew: timedelta = timedelta()
    fault: str = ""
    help: str = ""


@pages.get("/sites")
@signed_in(Role.ADMIN)
def overview() -> str:
    return _page(None)


@pages.post("/sites/<site_id>/health")
@signed_in(Role.ADMIN)
def ask(site_id: str) -> str:
    """Asks over the network, so only a button starts it; nothing is written."""
    with parts().store.read() as reader:
        site = get_site(reader, site_id)
    return _page(_ask(site))


@pages.get("/sites/<site_id>/health")
@signed_in(Role.ADMIN)
def back(site_id: str) -> Response:  # noqa: ARG001 - the address names a site, the page shows all of them
    """Whoever had to sign in again comes back to the list, and no site is asked for them."""
    return make_response(redirect(url_for("sites.overview"), 303))


def _page(asked: Asked | None) -> str:
    with parts().store.read() as reader:
        sites = list_sites(reader)
    return render_template("pages/sites/overview.html", sites=sites, asked=asked)


def _ask(site: Site) -> Asked:
    try:
        health = parts().equipment.adapter_for(site).health()
    except CompanionMissing as error:
        return Asked(site.id, "unwell", fault=str(error), help=error.help)
    except SiteError as error:
        return Asked(site.id, "unreachable", fault=str(error), help=error.help)
    state = "unwell" if health.problems else "healthy"
    return Asked(site.id, state, health, health.site_time - parts().clock.wall())
