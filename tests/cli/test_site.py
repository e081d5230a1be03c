"""``broker site``, ``broker doctor`` and ``broker sweep``."""

from __future__ import annotations

import json
import re
import sqlite3
from base64 import urlsafe_b64decode
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.shell import Inside, Shell, free_port


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Inside(tmp_path)


@pytest.fixture
def nowhere() -> str:
    """An address of this machine where nobody answers."""
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture
def connected(demo_shell: Shell, nowhere: str) -> Shell:
    added = demo_shell.run("site", "add", "shop", nowhere, "--title", "The shop", "--allow-private")
    assert added.returncode == 0, added.stderr
    return demo_shell


def test_adding_a_site_says_what_to_do_there(demo_shell: Shell, nowhere: str) -> None:
    """The line for wp-config.php, the folder of the plugin, which exists, and how to look whether it works."""
    words = demo_shell.run("site", "add", "shop", nowhere, "--allow-private").stdout
    companion = next(Path(line) for line in words.splitlines() if line.startswith("/"))
    assert (companion / "emergency-access-broker.php").is_file()
    assert "broker doctor shop" in words
    assert words.rstrip("\n") in demo_shell.run("site", "pairing", "shop").stdout


def test_the_pairing_holds_public_keys_only(connected: Shell) -> None:
    """Nothing of the broker's secret files is in what is pasted into a site."""
    printed = connected.run("site", "pairing", "shop").stdout
    pairing = re.search(r"EMERGENCY_ACCESS_PAIRING', '([^']+)'", printed)
    assert pairing
    text = pairing.group(1)
    decoded = text if text.startswith("{") else urlsafe_b64decode(text.split(".")[-1] + "===").decode()
    assert '"d"' not in decoded
    assert json.loads(decoded)
    secret = (connected.state / "keys" / "lease.key").read_bytes()
    assert secret.hex() not in printed


def test_sites_are_listed(connected: Shell, nowhere: str) -> None:
    """With kind, address and title."""
    assert connected.run("site", "list").stdout == f"shop\twordpress\t{nowhere}\tThe shop\n"


@pytest.mark.parametrize(
    "words",
    [
        ("shop", "http://shop.clinic.example"),
        ("shop", "ftp://shop.clinic.example", "--allow-private"),
        ("no shop", "https://shop.clinic.example"),
    ],
)
def test_an_unsafe_address_is_refused(demo_shell: Shell, words: tuple[str, ...]) -> None:
    """Plain http, other schemes and odd names are refused with a sentence; nothing is connected."""
    refused = demo_shell.run("site", "add", *words)
    assert refused.returncode == 1, refused.stdout
    assert "Traceback" not in refused.stderr
    assert demo_shell.run("site", "list").stdout == ""


def test_people_and_patients_are_linked(connected: Shell) -> None:
    """To their names on the site; the patient's id is not repeated on the screen."""
    account = connected.run("site", "link-account", "shop", "clinician@demo.example", "nurse1")
    assert account.stdout == "clinician@demo.example is nurse1 on shop.\n"
    assert connected.run("site", "link-patient", "shop", "p-1001", "order-77").stdout == "Linked.\n"
    assert connected.rows("SELECT account FROM site_accounts") == [("nurse1",)]
    assert len(connected.rows("SELECT * FROM site_patients")) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("link-patient", "shop", "P-9999", "order-77"),
        ("link-account", "shop", "nobody@clinic.example", "nurse1"),
        ("link-account", "elsewhere", "clinician@demo.example", "nurse1"),
        ("pairing", "elsewhere"),
    ],
)
def test_who_or_what_is_unknown_is_said_to_be(connected: Shell, words: tuple[str, ...]) -> None:
    """Exit status 1 and a sentence; a patient's id is not in it."""
    refused = connected.run("site", *words)
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert "P-9999" not in refused.stderr


def test_the_doctor_says_what_is_wrong(connected: Shell) -> None:
    """A site that does not answer makes the exit status 1, asked for by name or with all others."""
    for words in ((), ("shop",)):
        examined = connected.run("doctor", *words)
        assert examined.returncode == 1
        assert "The shop (shop)" in examined.stdout
        assert "WRONG" in examined.stdout
        assert "Traceback" not in examined.stderr


def test_the_doctor_knows_of_no_site_yet(demo_shell: Shell) -> None:
    """Nothing is wrong with nothing, and a site nobody knows is an error."""
    empty = demo_shell.run("doctor")
    assert (empty.returncode, "broker site add" in empty.stdout) == (0, True)
    assert demo_shell.run("doctor", "elsewhere").returncode == 1


def test_a_sweep_can_be_rung_by_hand(demo_shell: Shell) -> None:
    """With nothing due it says so; without a database it fails in words."""
    swept = demo_shell.run("sweep")
    assert (swept.returncode, swept.stdout) == (0, "0 expired, 0 revoked, 0 still being taken back.\n")
    for words in (("sweep",), ("person", "disable", "clinician@demo.example")):
        failed = demo_shell.run(*words, state_dir=demo_shell.folder / "elsewhere")
        assert failed.returncode == 1
        assert "broker db upgrade" in failed.stderr


def test_a_sweep_that_could_write_nothing_down_fails(demo_shell: Shell) -> None:
    """A cron job hears of it: exit status 1, how many there were and what to look for."""
    with closing(sqlite3.connect(demo_shell.state / "broker.db")) as owner, owner:
        owner.execute("PRAGMA foreign_keys=OFF")
        owner.execute(
            "INSERT INTO grants (id, request_id, person_id, patient_id, entitlement, kind, scope, state,"
            " issued_at, expires_at, tries, family_began_at) VALUES ('grant_a', 'req_a', 'person_a', 'pat_a',"
            " 'e', 'recording', '{}', 'active', '2026-01-01 00:00:00.000000', '2026-01-02 00:00:00.000000', 0, '2026-01-01 00:00:00.000000')"
        )
        owner.execute("DROP TRIGGER ledger_head_one_step")
        owner.execute("UPDATE ledger_head SET seq = seq - 1")
    swept = demo_shell.run("sweep")
    assert swept.returncode == 1
    assert "could not be written down: 1" in swept.stderr
    assert "broker audit verify" in swept.stderr


@pytest.mark.parametrize(
    "address", ["https://127.0.0.1", "https://[::1]:8443/shop", "https://169.254.169.254"]
)
def test_an_address_inside_is_refused_at_once(demo_shell: Shell, address: str) -> None:
    """Not only when somebody waits for access; nothing is connected."""
    refused = demo_shell.run("site", "add", "shop", address)
    assert refused.returncode == 1
    assert "private or reserved network" in refused.stderr
    assert demo_shell.run("site", "list").stdout == ""


def test_a_name_that_leads_nowhere_yet_is_told(demo_shell: Shell) -> None:
    """The site is connected all the same: it may come up later."""
    added = demo_shell.run("site", "add", "shop", "https://shop.invalid")
    assert added.returncode == 0, added.stderr
    assert "cannot be found yet" in added.stderr


@pytest.fixture
def bare(demo_shell: Shell, nowhere: str) -> Shell:
    """With a site that carries nothing of ours."""
    added = demo_shell.run("site", "add", "bare", nowhere, "--kind", "wordpress-core", "--allow-private")
    assert added.returncode == 0, added.stderr
    assert "broker site secret bare application_password" in added.stdout
    assert "EMERGENCY_ACCESS_PAIRING" not in added.stdout
    return demo_shell


def test_a_secret_is_read_from_standard_input_and_kept_sealed(bare: Shell) -> None:
    """It is on no command line, on no screen, and nowhere in the database as it is; the doctor asks for what is missing."""
    word = "abcd EFGH ijkl"
    kept = bare.run("site", "secret", "bare", "application_password", typed=word + "\n")
    assert kept.returncode == 0, kept.stderr
    assert word not in kept.stdout + kept.stderr
    assert word.encode() not in b"".join(file.read_bytes() for file in bare.state.glob("broker.db*"))
    assert bare.rows("SELECT site_id, name FROM site_secrets") == [("bare", "application_password")]
    examined = bare.run("doctor", "bare").stdout
    assert "broker site secret bare user" in examined
    assert "broker site secret bare application_password" not in examined


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("secret", "bare", "pin"), "Known: user, application_password."),
        (("secret", "bare", "user"), "1 to 4000 characters"),
        (("option", "bare", "colour", "red"), "needs none"),
        (("secret", "elsewhere", "user"), "No connected site"),
    ],
)
def test_what_a_kind_of_site_does_not_want_is_refused(bare: Shell, words: tuple[str, ...], said: str) -> None:
    """In words that name what it does want; so is nothing typed."""
    refused = bare.run("site", *words)
    assert refused.returncode == 1
    assert said in refused.stderr
    assert bare.rows("SELECT * FROM site_secrets") == []


def test_linking_an_account_asks_the_site(connected: Shell) -> None:
    """One that cannot be asked is told, and the account is linked all the same."""
    linked = connected.run("site", "link-account", "shop", "clinician@demo.example", "nurse1")
    assert linked.returncode == 0
    assert (
        "Whether the site knows nurse1 could not be found out: The site cannot be reached." in linked.stderr
    )


def test_a_retired_site_is_gone_for_good(bare: Shell, nowhere: str) -> None:
    """Its secrets and links are destroyed, and nobody gets its id again; without a yes nothing happens."""
    bare.run("site", "secret", "bare", "user", typed="broker\n")
    bare.run("site", "link-account", "bare", "clinician@demo.example", "nurse1")
    assert bare.run("site", "retire", "bare", typed="n\n").returncode == 1
    assert bare.run("site", "list").stdout != ""
    retired = bare.run("site", "retire", "bare", "--yes")
    assert retired.returncode == 0, retired.stderr
    assert bare.run("site", "list").stdout == ""
    for table in ("site_secrets", "site_accounts", "site_memory"):
        assert bare.rows(f"SELECT * FROM {table}") == []
    assert bare.run("site", "retire", "bare", "--yes").returncode == 1
    again = bare.run("site", "add", "bare", nowhere, "--allow-private")
    assert again.returncode == 1
    assert "choose another id" in again.stderr
