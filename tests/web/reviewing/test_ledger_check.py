import pytest

from tests.fakes.front import Browser, Front
from tests.fakes.past import Past


@pytest.fixture
def reviewer(archive: Front) -> Browser:
    return archive.browser(archive.clinic.reviewer)


def test_the_page_says_where_the_ledger_stands(past: Past, archive: Front, reviewer: Browser) -> None:
    """Size, last entry and last checkpoint are there before anything is checked."""
    keeper = archive.parts.checkpoints
    keeper.path.parent.mkdir(parents=True, exist_ok=True)
    keeper.keep(past.store)
    reviewer.get("/ledger")
    assert f"{len(past.events())} entries" in reviewer.page
    assert past.events()[-1] in reviewer.page
    assert "The ledger is whole" not in reviewer.page
    assert keeper.key.public.vkey in reviewer.page


def test_verify_now_says_that_all_is_whole(past: Past, reviewer: Browser) -> None:
    """The button reads every entry and says so."""
    past.broken()
    reviewer.get("/ledger")
    assert reviewer.post("/ledger").status_code == 200
    assert "The ledger is whole" in reviewer.page
    assert f"{len(past.events())} entries were read" in reviewer.page


def test_verify_now_names_the_entry_that_was_changed(past: Past, reviewer: Browser) -> None:
    """An edit by the database's owner is told with its entry, and what to do next."""
    with past.store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER ledger_entries_no_update")
        connection.exec_driver_sql("UPDATE ledger_entries SET body = replace(body, ':', ';') WHERE seq = 3")
    reviewer.get("/ledger")
    reviewer.post("/ledger")
    assert "The ledger is not whole" in reviewer.page
    assert "Entry 3 was changed after it was written" in reviewer.page
    assert "ledger_entries_no_update" in reviewer.page
    assert "both are evidence" in reviewer.page


def test_a_page_is_checked_by_its_button_alone(past: Past, reviewer: Browser) -> None:
    """Looking never starts the check, and a press without the form's token does not either."""
    assert "were read" not in reviewer.get("/ledger?verify=now").text
    reviewer.csrf = ""
    assert reviewer.post("/ledger").status_code == 400


@pytest.mark.parametrize(("who", "status"), [("admin", 200), ("clinician", 403), ("approver", 403)])
def test_reviewers_and_administrators_check_it(past: Past, archive: Front, who: str, status: int) -> None:
    """Nobody else is told how the ledger stands."""
    assert archive.browser(getattr(past, who)).get("/ledger").status_code == status


def test_verify_now_names_a_row_that_says_otherwise(past: Past, reviewer: Browser) -> None:
    """Access prolonged in the database, past the broker, is told although the chain itself is whole."""
    grant = past.broken()
    with past.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE grants SET expires_at = '2027-01-01 00:00:00.000000'")
    reviewer.get("/ledger")
    reviewer.post("/ledger")
    assert "The database says otherwise than the ledger" in reviewer.page
    assert f"grants {grant.id}: expires_at is 2027-01-01T00:00:00+00:00" in reviewer.page
    assert "The ledger is whole" not in reviewer.page
