import pytest

from broker.access.grant import Grant
from broker.revocation.reconcile.one_site import reconcile_site
from broker.revocation.reconcile.open_drifts import open_drifts
from tests.fakes.front import Browser, Front
from tests.fakes.past import Past


@pytest.fixture
def admin(archive: Front) -> Browser:
    return archive.browser(archive.clinic.admin)


@pytest.fixture
def lost(past: Past) -> Grant:
    """A lease that its site does not have any more, and that was noticed."""
    grant = past.on_site()
    past.clock.advance(seconds=1)
    past.site.leases.clear()
    look(past)
    return grant


def look(past: Past) -> str:
    past.clock.advance(seconds=31)
    reconcile_site(past.equipment, "clinic")
    with past.store.read() as reader:
        return next((drift.id for drift in open_drifts(reader)), "")


def repair(admin: Browser, drift_id: str) -> int:
    admin.get("/sites")
    return admin.post(f"/sites/drift/{drift_id}/repair").status_code


def test_what_differs_stands_on_the_page_with_what_would_be_done(lost: Grant, admin: Browser) -> None:
    """In words, with since when, a link to the grant and one button; looking asks no site."""
    admin.get("/sites")
    for words in ("Differs from what was granted", "does not let dr-on-call in", "Send the lease again."):
        assert words in admin.page
    assert f"/history/{lost.id}" in admin.page
    assert ">Send the lease again</button>" in admin.page


def test_a_button_puts_it_right(past: Past, lost: Grant, admin: Browser) -> None:
    """The site is asked again, and what came of it is said; the ledger names who pressed it."""
    assert repair(admin, look(past)) == 200
    assert "Settled" in admin.page
    assert "Differs from what was granted" not in admin.page
    assert past.site.opens(lost.id)
    assert past.events()[-1] == "drift.repaired"


def test_what_did_not_help_is_said(past: Past, lost: Grant, admin: Browser) -> None:
    """With the site's own word; the difference stays on the page."""
    past.site.tombstones[lost.id] = 99
    assert repair(admin, look(past)) == 200
    assert "It is still so. The site refused it: revoked." in admin.page
    assert "Tried once." in admin.page


@pytest.mark.parametrize(("fault", "said"), [("down", "does not answer"), ("gone", "companion does not")])
def test_a_site_that_does_not_answer_is_said(
    past: Past, lost: Grant, admin: Browser, fault: str, said: str
) -> None:
    """A page with the sentence, not an error."""
    drift = look(past)
    past.site.fault = fault
    assert repair(admin, drift) == 200
    assert said in admin.page


def test_what_the_broker_cannot_do_has_no_button(past: Past, admin: Browser) -> None:
    """A missing companion is named with what somebody on the site has to do."""
    past.site.fault = "gone"
    with pytest.raises(Exception, match="companion"):
        look(past)
    admin.get("/sites")
    assert "nobody can say what it lets in" in admin.page
    assert "/sites/drift/" not in admin.page


def test_what_is_gone_already_is_not_found(past: Past, lost: Grant, admin: Browser) -> None:
    """A page that was open too long leads to a sentence."""
    drift = look(past)
    assert repair(admin, drift) == 200
    assert repair(admin, drift) == 404


def test_only_administrators_put_sites_right(past: Past, lost: Grant, archive: Front) -> None:
    """Neither the holder nor a reviewer."""
    drift = look(past)
    for who in (past.clinician, past.reviewer, past.approver):
        browser = archive.browser(who)
        browser.get("/")
        assert browser.post(f"/sites/drift/{drift}/repair").status_code == 403


def test_the_start_page_says_that_something_differs(past: Past, archive: Front, admin: Browser) -> None:
    """An administrator is led to the sites; a reviewer, who may not go there, reads who sees to it."""
    admin.get("/")
    assert "differ" not in admin.page
    grant = past.on_site()
    past.clock.advance(seconds=1)
    del past.site.leases[grant.id]
    look(past)
    admin.get("/")
    assert '<a href="/sites">One site differs in one thing from what was granted.</a>' in admin.page
    reviewer = archive.browser(past.reviewer)
    reviewer.get("/")
    assert "An administrator sees to it under Sites." in reviewer.page
