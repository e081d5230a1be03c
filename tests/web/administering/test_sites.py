import pytest

from tests.fakes.front import Browser, Front
from tests.fakes.past import Past


@pytest.fixture
def admin(archive: Front) -> Browser:
    return archive.browser(archive.clinic.admin)


def test_looking_asks_no_site(past: Past, admin: Browser) -> None:
    """The list comes from the broker's own store."""
    admin.get("/sites")
    assert "The clinic" in admin.page
    assert past.site.calls == []


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("", ("Healthy", "nothing is wrong", "1.0")),
        ("down", ("Unreachable", "The site does not answer.")),
        ("gone", ("Unwell", "its companion does not", "broker doctor")),
    ],
)
def test_a_site_is_asked_how_it_is_by_a_button(
    past: Past, admin: Browser, fault: str, said: tuple[str, ...]
) -> None:
    """The answer is shown in words with what to do next, whatever the site does."""
    past.site.fault = fault
    admin.get("/sites")
    assert admin.post("/sites/clinic/health").status_code == 200
    assert past.site.calls[0] == "health"
    assert not [words for words in said if words not in admin.page]


def test_an_account_that_is_not_ready_is_named(past: Past, admin: Browser) -> None:
    """The page says what ``broker doctor`` says, such as a mistyped login."""
    past.site.unready = {"dr-on-call": ("unknown_account",)}
    admin.get("/sites")
    admin.post("/sites/clinic/health")
    assert "Unwell" in admin.page
    assert "The site knows no account dr-on-call" in admin.page


def test_an_unknown_site_is_not_found(admin: Browser) -> None:
    """A made-up id asks nobody."""
    admin.get("/sites")
    assert admin.post("/sites/elsewhere/health").status_code == 404


@pytest.mark.parametrize("path", ["/sites", "/people", "/policies"])
@pytest.mark.parametrize("who", ["clinician", "approver", "reviewer"])
def test_these_pages_are_the_administrators(past: Past, archive: Front, path: str, who: str) -> None:
    """Nobody else reads who has an account or how sites are connected."""
    assert archive.browser(getattr(past, who)).get(path).status_code == 403
