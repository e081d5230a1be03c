"""What a scope opens beyond its names is said by the site, to whoever decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import update

from broker.access.tables import access_requests
from tests.fakes.front import Browser, Front
from tests.fakes.site import FakeSite

SCOPE = {"resources": ["Magento_Sales::actions_view"]}


class TellingSite(FakeSite):
    """Opens REST routes beside the page; ``busy`` is how many of the broker's connections were in use when asked."""

    busy: int = -1
    front: Front

    def effective(self, scope: Mapping[str, Any]) -> tuple[str, ...]:
        self.busy = self.front.clinic.store.engine.pool.checkedout()  # type: ignore[attr-defined]
        return (*super().effective(scope), "REST GET /V1/orders")


@pytest.fixture
def site(front: Front) -> TellingSite:
    site = TellingSite(front.clinic.site.pairing, front.clinic.clock)
    site.front = front
    front.clinic.site = site
    return site


@pytest.fixture
def link(front: Front) -> str:
    request = front.clinic.ask().request
    with front.clinic.store.write() as tx:
        mine = access_requests.c.id == request.id
        tx.execute(update(access_requests).where(mine).values(scope=SCOPE, site_id="clinic"))
    return f"/requests/{request.id}/decide"


@pytest.fixture
def approver(front: Front) -> Browser:
    return front.browser(front.clinic.approver)


def test_the_site_is_asked(site: TellingSite, approver: Browser, link: str) -> None:
    """The approver reads what was asked for and everything it opens, in the site's own names."""
    approver.get(link)
    assert "Use Magento_Sales::actions_view, for all patients on" in approver.page
    assert "nothing else" not in approver.page
    assert "The site itself says" in approver.page
    assert "Magento_Sales::actions_view; REST GET /V1/orders" in approver.page


def test_it_is_asked_outside_any_transaction(site: TellingSite, approver: Browser, link: str) -> None:
    """A slow site holds nobody else up."""
    approver.get(link)
    assert site.busy == 0


@pytest.mark.parametrize("fault", ["down", "gone"])
def test_a_silent_site_keeps_nobody_from_deciding(
    site: TellingSite, approver: Browser, link: str, fault: str
) -> None:
    """The page says that the site does not answer and what that may mean, and the buttons are there."""
    site.fault = fault
    approver.get(link)
    assert "The site does not say now" in approver.page
    assert "every page and route of the site that asks for nothing more" in approver.page
    assert 'value="approve"' in approver.page


def test_nobody_is_asked_when_there_is_nothing_to_decide(site: TellingSite, front: Front, link: str) -> None:
    """The one who asked reads the page without a call to the site."""
    front.browser(front.clinic.clinician).get(link)
    assert "effective" not in site.calls


def test_other_scopes_say_all_by_themselves(site: TellingSite, front: Front, approver: Browser) -> None:
    """Where names say all, the site is not called."""
    request = front.clinic.ask().request
    approver.get(f"/requests/{request.id}/decide")
    assert "It opens" not in approver.page
    assert "effective" not in site.calls
