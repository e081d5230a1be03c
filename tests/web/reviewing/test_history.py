import re

import pytest

from broker.access.grant import get_grant
from broker.credentials.links.hand_out import hand_out
from broker.revocation.reconcile.one_site import reconcile_site
from tests.fakes.front import Browser, Front
from tests.fakes.past import Past

ROW = re.compile(r'<th role="rowheader".*?href="/history/(grant_[0-9a-f]+)"', re.DOTALL)


def shown(browser: Browser) -> list[str]:
    """Ids of the grants in the table, in its order."""
    return ROW.findall(browser.page)


@pytest.fixture
def reviewer(archive: Front) -> Browser:
    return archive.browser(archive.clinic.reviewer)


def test_the_history_shows_grants_newest_first(past: Past, reviewer: Browser) -> None:
    """The page lists what there was, each row leading to its story."""
    first, second = past.ordinary(), past.broken()
    assert reviewer.get("/history").status_code == 200
    assert shown(reviewer) == [second.id, first.id]
    assert "2 grants" in reviewer.page


def test_what_was_typed_for_a_patient_never_reaches_the_address(past: Past, reviewer: Browser) -> None:
    """The clinic's id goes in by POST; the address that follows holds our own, and the form shows the clinic's again."""
    grant = past.ordinary()
    past.doubly_approved()
    reviewer.get("/history")
    answer = reviewer.post("/history", {"patient": " p-1001 ", "state": "active"})
    assert answer.status_code == 303
    assert answer.location == f"/history?patient={past.patient.id}&state=active"
    reviewer.get(answer.location)
    assert shown(reviewer) == [grant.id]
    assert 'value="P-1001"' in reviewer.page
    assert "P-1001" not in re.sub(r"<td.*?</td>|<input.*?>", "", reviewer.page, flags=re.DOTALL)


def test_a_copied_own_id_is_understood_too(past: Past, reviewer: Browser) -> None:
    """Whoever pastes an id from the file finds the same patient."""
    reviewer.get("/history")
    answer = reviewer.post("/history", {"patient": past.patient.id})
    assert answer.location == f"/history?patient={past.patient.id}"


def test_every_filter_is_in_the_address(past: Past, reviewer: Browser) -> None:
    """The address can be kept and sent: opening it asks the same again, with the form filled in."""
    grant = past.on_site()
    past.broken()
    reviewer.get("/history")
    asked = {"person": past.clinician.id, "site": "clinic", "from": "2026-03-01", "to": "2026-03-01"}
    location = reviewer.post("/history", asked).location
    assert location == f"/history?person={past.clinician.id}&site=clinic&from=2026-03-01&to=2026-03-01"
    reviewer.get(location)
    assert shown(reviewer) == [grant.id]
    assert 'name="from" type="date" value="2026-03-01"' in reviewer.page
    assert f'<option value="{past.clinician.id}" selected>' in reviewer.page


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"patient": "P-9999"}, "patient"), ({"from": "2026-03-02", "to": "2026-03-01"}, "to")],
)
def test_a_filter_that_cannot_be_is_told_beside_its_field(
    past: Past, reviewer: Browser, typed: dict[str, str], field: str
) -> None:
    """The error is named and linked, and nothing typed is lost."""
    past.ordinary()
    reviewer.get("/history")
    assert reviewer.post("/history", typed).status_code == 422
    assert "<title>Error: " in reviewer.page
    assert f'href="#field-{field}"' in reviewer.page
    assert f'value="{typed[field]}"' in reviewer.page


def test_a_spoiled_address_is_told_too(past: Past, reviewer: Browser) -> None:
    """Nobody gets a history other than the one they asked for."""
    past.ordinary()
    assert reviewer.get("/history?state=gone&person=%3Cscript%3E").status_code == 422
    assert shown(reviewer) == []
    assert "<script>alert" not in reviewer.page


def test_pages_go_on_where_the_last_one_ended(past: Past, reviewer: Browser) -> None:
    """Older leads to the grants after the last one shown, and keeps the filters."""
    made = [past.broken().id for _ in range(3)][::-1]
    reviewer.get(f"/history?after={made[0]}&break_glass=yes")
    assert shown(reviewer) == made[1:]
    assert 'href="/history?break_glass=yes">Newest</a>' in reviewer.page


def test_pages_lead_back_as_well(past: Past, reviewer: Browser) -> None:
    """Newer leads to the page before this one; where that is the first, to the first."""
    made = [past.broken().id for _ in range(3)][::-1]
    reviewer.get(f"/history?after={made[1]}")
    link = re.search(r'href="(/history\?before=[^"]*)" rel="prev">Newer</a>', reviewer.page)
    assert link is not None
    reviewer.get(link.group(1))
    assert shown(reviewer) == made
    assert 'rel="prev"' not in reviewer.page


def test_a_night_is_asked_for_by_its_hours(past: Past, reviewer: Browser) -> None:
    """The form takes hours, a weekday and an order, and the address holds them."""
    past.ordinary()
    reviewer.get("/history")
    typed = {"earliest_hour": "20", "before_hour": "6", "weekday": "sunday", "oldest_first": "yes"}
    location = reviewer.post("/history", typed).location
    assert location == "/history?weekday=sunday&earliest_hour=20&before_hour=6&oldest_first=yes"
    reviewer.get(location)
    assert shown(reviewer) == []
    assert '<option value="20" selected>' in reviewer.page


def test_an_unconfirmed_end_is_said_on_top(past: Past, archive: Front) -> None:
    """What would not go away is seen by whoever opens the history, whatever they filter for."""
    grant = past.unconfirmed()
    reviewer = archive.browser(past.reviewer)
    reviewer.get("/history?break_glass=yes")
    assert "One end of access is not confirmed" in reviewer.page
    assert f'href="/history/{grant.id}"' in reviewer.page


def test_a_story_is_told_in_order(past: Past, archive: Front, reviewer: Browser) -> None:
    """The page of a grant tells who asked, approved, opened and ended it."""
    grant = past.ordinary()
    hand_out(
        past.store,
        past.ledger,
        archive.parts.link_signer,
        past.clinician.person,
        grant.id,
        grant.scope["holdings"][0],
    )
    past.ended(grant)
    assert reviewer.get(f"/history/{grant.id}").status_code == 200
    told = ["asked for access", "approver approved", "A link was handed out", "handed back early", "Gone"]
    places = [reviewer.page.index(words, reviewer.page.index("What happened")) for words in told]
    assert places == sorted(places)
    assert past.equipment.catalog.digest in reviewer.page


def test_a_reviewer_can_end_what_still_runs(past: Past, reviewer: Browser) -> None:
    """The story of a live grant offers to end it."""
    grant = past.ordinary()
    reviewer.get(f"/history/{grant.id}")
    assert f'action="/grants/{grant.id}/end"' in reviewer.page
    assert reviewer.post(f"/grants/{grant.id}/end").status_code == 303
    with past.store.read() as reader:
        assert get_grant(reader, grant.id).cause == "ended_by_security"


def test_an_unknown_grant_has_no_page(reviewer: Browser) -> None:
    """A made-up id is our page for nothing here."""
    assert reviewer.get("/history/grant_unknown").status_code == 404


@pytest.mark.parametrize(
    "path", ["/history", "/history.csv", "/history/pictures", "/history/views", "/history/{grant}"]
)
@pytest.mark.parametrize("who", ["clinician", "approver"])
def test_the_history_is_not_for_those_it_is_about(past: Past, archive: Front, path: str, who: str) -> None:
    """Neither clinicians nor approvers read who looked at whom."""
    browser = archive.browser(getattr(past, who))
    assert browser.get(path.format(grant=past.ordinary().id)).status_code == 403


def test_nobody_reads_it_without_signing_in(archive: Front) -> None:
    """The file is guarded like the page."""
    assert archive.stranger().get("/history.csv").status_code == 303


def test_a_sites_history_shows_what_was_changed_past_the_broker(past: Past, archive: Front) -> None:
    """Whoever narrows the history to a site reads there who raised themselves; others do not."""
    past.site.happen("role_changed", "", object="user 12", subject="mallory", to="administrator")
    reconcile_site(past.equipment, "clinic")
    browser = archive.browser(past.reviewer)
    browser.get("/history?site=clinic")
    assert "Changed on this site past the broker" in browser.page
    assert "subject: mallory" in browser.page
    browser.get("/history")
    assert "mallory" not in browser.page
