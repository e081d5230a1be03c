"""``broker demo``: the first minute anybody spends with the product."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from broker.cli.demo import as_demo, seeded
from broker.settings import Settings
from tests.cli.conftest import DEMO_PASSWORD
from tests.cli.shell import Serving, Shell, free_port, opens
from tests.cli.visitor import Visitor

EMAILS = [f"{role}@demo.example" for role in ("clinician", "approver", "reviewer", "admin")]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """``broker demo run`` in an empty folder, nothing set but the port."""
    with Shell(tmp_path_factory.mktemp("demo")).serving("demo", "run") as serving:
        yield serving


def code_of(shell: Shell, email: str) -> str:
    return shell.run("demo", "code", email).stdout.strip()


def held(shell: Shell) -> dict[str, int]:
    """How many of what lies in the database."""
    tables = ("people", "patients", "holdings", "vault_objects", "totp_factors")
    return {each: shell.rows(f"SELECT count(*) FROM {each}")[0][0] for each in tables}


FULL = {"people": 4, "patients": 2, "holdings": 3, "vault_objects": 3, "totp_factors": 4}


def test_it_says_where_to_go_and_how_to_sign_in(demo: Serving) -> None:
    """The address, four sign-ins, a password, where codes come from, and loudly that it is a demo."""
    assert re.fullmatch(r"http://127\.0\.0\.1:[1-9]\d+", demo.url)
    assert demo.printed_after("Open") == demo.url
    assert demo.printed_after("Sign in").split(", ") == EMAILS
    assert re.fullmatch(r"([0-9a-f]{4}-){3}[0-9a-f]{4}", demo.printed_after("Password"))
    assert demo.printed_after("Code").endswith("demo code clinician@demo.example")
    assert any("DEMO MODE" in line for line in demo.printed)
    assert held(demo.shell) == FULL


@pytest.mark.parametrize("email", EMAILS[:3])
def test_everybody_gets_in_with_what_was_printed(demo: Serving, email: str) -> None:
    """The printed password and a printed code open the door."""
    code = code_of(demo.shell, email)
    assert Visitor(demo.url).sign_in(email, demo.printed_after("Password"), code)


def test_a_code_is_printed_that_was_not_used(demo: Serving) -> None:
    """The fourth gets in as well; a used code opens nothing, and whoever asks again at once gets the next one."""
    used, email, password = code_of(demo.shell, EMAILS[3]), EMAILS[3], demo.printed_after("Password")
    assert Visitor(demo.url).sign_in(email, password, used)
    assert not Visitor(demo.url).sign_in(email, password, used)
    fresh = code_of(demo.shell, email)
    assert fresh != used
    assert Visitor(demo.url).sign_in(email, password, fresh)


def test_what_it_writes_is_for_its_owner_alone(demo: Serving) -> None:
    """The database, the keys and the password cannot be read by others on the machine."""
    for path in demo.shell.state.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path.relative_to(demo.shell.state)


def test_a_second_start_keeps_everything(demo_shell: Shell) -> None:
    """Same password, same people, nothing seeded twice, the ledger still whole."""
    before = demo_shell.run("person", "list").stdout
    with demo_shell.serving("demo", "run") as again:
        assert again.printed_after("Password") == DEMO_PASSWORD
        code = code_of(demo_shell, EMAILS[0])
        assert Visitor(again.url).sign_in(EMAILS[0], DEMO_PASSWORD, code)
    assert demo_shell.run("person", "list").stdout == before
    assert held(demo_shell) == FULL
    assert demo_shell.run("audit", "verify").returncode == 0


def test_colleagues_who_joined_the_demo_stay(demo_shell: Shell) -> None:
    """People of the demo's domain who were added by hand do not keep it from starting again."""
    added = demo_shell.run(
        "person", "add", "--email", "night-shift@demo.example", "--name", "Night shift",
        "--role", "approver", "--password", "a-long-enough-password",
    )  # fmt: skip
    assert added.returncode == 0, added.stderr
    before = demo_shell.run("person", "list").stdout
    with demo_shell.serving("demo", "run"):
        assert demo_shell.run("person", "list").stdout == before


def test_another_password_can_be_wished_for(demo_shell: Shell) -> None:
    """BROKER_DEMO_PASSWORD holds at the next start too, and the old password no longer does."""
    with demo_shell.serving("demo", "run", demo_password="another-wish-entirely") as again:
        assert again.printed_after("Password") == "another-wish-entirely"
        code = code_of(demo_shell, EMAILS[0])
        assert not Visitor(again.url).sign_in(EMAILS[0], DEMO_PASSWORD, code)
        assert Visitor(again.url).sign_in(EMAILS[0], "another-wish-entirely", code)


def test_it_is_refused_beside_real_people(shell: Shell) -> None:
    """Where anybody else is registered no demo starts: nothing is added and no port opened."""
    shell.run("db", "upgrade")
    added = shell.run(
        "person", "add", "--email", "somebody@clinic.example", "--name", "Somebody",
        "--role", "clinician", "--password", "a-long-enough-password",
    )  # fmt: skip
    assert added.returncode == 0, added.stderr
    port = free_port()
    refused = shell.run("demo", "run", port=port)
    assert refused.returncode == 1
    assert "people who are not of the demo" in refused.stderr
    assert "BROKER_STATE_DIR" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not opens(port)
    assert held(shell) == {"people": 1, "patients": 0, "holdings": 0, "vault_objects": 0, "totp_factors": 0}


def test_codes_are_printed_in_a_demo_only(demo_shell: Shell) -> None:
    """Neither in another installation nor for anybody outside the demo."""
    stranger = demo_shell.run("demo", "code", "somebody@clinic.example")
    assert (stranger.returncode, stranger.stdout) == (1, "")
    (demo_shell.state / "demo-password").unlink()
    earnest = demo_shell.run("demo", "code", EMAILS[0])
    assert (earnest.returncode, earnest.stdout) == (1, "")
    assert "demo's own people only" in earnest.stderr


def test_seeding_that_was_interrupted_goes_on(shell: Shell) -> None:
    """Whatever was stored when the disk was full, the next start completes it and doubles nothing."""
    settings = as_demo(Settings(state_dir=shell.state))
    shell.state.mkdir()
    (shell.state / "recordings").write_text("in the way of the folder")
    with pytest.raises(OSError, match="recordings"):
        seeded(settings, DEMO_PASSWORD)
    (shell.state / "recordings").unlink()
    parts = seeded(settings, DEMO_PASSWORD)
    parts.store.engine.dispose()
    assert held(shell) == FULL
