"""Where a site differs from what was granted, put right by a button."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, url_for

from broker.errors import Conflict, Refused, SiteError
from broker.identity.people import Role
from broker.revocation.reconcile.one_site import repair_drift
from broker.web.administering.sites import sites_page
from broker.web.frame.guard import me, signed_in
from broker.web.parts import parts

pages = Blueprint("drifts", __name__)


@pages.post("/sites/drift/<drift_id>/repair")
@signed_in(Role.ADMIN)
def repair(drift_id: str) -> str:
    """Does what the difference proposes, and says what came of it."""
    try:
        left = repair_drift(parts().equipment, drift_id, actor=me().id)
    except (Conflict, Refused, SiteError) as error:
        return sites_page(note=f"{error} {error.help}")
    if left is None:
        return sites_page(note="Settled: the site was asked again and does not differ in this any more.")
    return sites_page(note=f"It is still so. {left.fault or left.proposal}")


@pages.get("/sites/drift/<drift_id>/repair")
@signed_in(Role.ADMIN)
def back(drift_id: str) -> Response:  # noqa: ARG001 - the address names a difference, the page shows all of them
    """Whoever had to sign in again comes back to the list, and nothing is done for them."""
    return make_response(redirect(url_for("sites.overview"), 303))
