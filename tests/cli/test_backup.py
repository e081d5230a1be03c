"""The drill: a broker that is at work is backed up, lost, and begins again from the backup alone."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.conftest import DEMO_PASSWORD
from tests.cli.shell import Serving, Shell
from tests.cli.visitor import Visitor

CLINICIAN = "clinician@demo.example"
GLASS = {
    "patient": "P-1001",
    "entitlement": "telehealth-recording",
    "purpose": "ETREAT",
    "reason": "unresponsive",
    "duration": "15",
    "path": "break_glass",
}


def code(shell: Shell) -> str:
    return shell.run("demo", "code", CLINICIAN).stdout.strip()


def signed_in(serving: Serving) -> Visitor:
    visitor = Visitor(serving.url)
    assert visitor.sign_in(CLINICIAN, DEMO_PASSWORD, code(serving.shell))
    return visitor


def made_key(shell: Shell) -> str:
    """Its recipient; the identity lies in the folder."""
    printed = shell.run("backup", "key", "new").stdout
    (shell.folder / "identity").write_text(printed)
    found = re.search(r"age1[0-9a-z]+", printed)
    assert found
    return found.group()


def restored(shell: Shell, folder: str = "again", *more: object) -> subprocess.CompletedProcess[str]:
    words = ("backup", "restore", "broker.age", "--into", f"{folder}/var", "--identity", "identity")
    return shell.run(*words, *more)


def test_a_broker_at_work_is_backed_up_lost_and_begins_again(demo_shell: Shell) -> None:
    """Access that was live then is over, whoever was signed in is not, people sign in anew, and the ledger is whole."""
    shell, recipient = demo_shell, made_key(demo_shell)
    with shell.serving("demo", "run") as serving:
        clinician = signed_in(serving)
        answer = clinician.post("/requests/new", code=code(shell), **GLASS)
        grant = re.search(r"/grants/(grant_[0-9a-f]+)", answer.url + answer.text)
        assert grant
        made = shell.run("backup", "create", "broker.age", "--recipient", recipient, "--recordings")
        assert made.returncode == 0, made.stderr
        cookie = dict(clinician.session.cookies)
    heads = shell.state / "heads" / "ledger-heads.txt"
    (shell.folder / "kept-elsewhere").write_text(heads.read_text())
    public = shell.state / "keys" / "ledger.pub"
    (shell.folder / "ledger.pub").write_text(public.read_text())
    shell.state.rename(shell.folder / "lost")

    checked = shell.run(
        "backup", "verify", "broker.age", "--identity", "identity", "--public-key", "ledger.pub"
    )
    assert checked.returncode == 0, checked.stderr
    assert "The backup is whole." in checked.stdout
    told = restored(shell, "again", "--public-key", "ledger.pub", "--checkpoints", "kept-elsewhere")
    assert told.returncode == 0, told.stderr
    assert "What to do next" in told.stdout

    again = Shell(shell.folder / "again")
    with again.serving("demo", "run", demo_password=DEMO_PASSWORD) as serving:
        stale = Visitor(serving.url)
        stale.session.cookies.update(cookie)
        assert not stale.is_in()
        clinician = signed_in(serving)
        page = clinician.get(f"/grants/{grant.group(1)}").text
        assert "End now" not in page
        assert again.run("audit", "verify").returncode == 0
    assert again.rows("SELECT DISTINCT state FROM grants") == [("revoked",)]
    assert again.rows("SELECT count(*) FROM ledger_entries WHERE event = 'broker.restored'") == [(1,)]


def test_checks_without_the_identity_and_says_what_it_cannot(demo_shell: Shell) -> None:
    """The bytes against the note beside it; a changed byte is found, and nothing is said of the inside."""
    demo_shell.run("backup", "create", "broker.age", "--recipient", made_key(demo_shell))
    public = demo_shell.state / "keys" / "ledger.pub"
    outside = demo_shell.run("backup", "verify", "broker.age", "--public-key", public)
    assert outside.returncode == 0, outside.stderr
    assert "needs --identity" in outside.stdout
    file = demo_shell.folder / "broker.age"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    for more in (["--public-key", public], ["--identity", "identity"]):
        refused = demo_shell.run("backup", "verify", "broker.age", *more)
        assert refused.returncode == 1
        assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("create", "broker.age", "--recipient", "age1nonsense"), "no recipient"),
        (("create", "broker.age"), "BROKER_BACKUP_RECIPIENT"),
        (("create", "no/such/folder/broker.age", "--recipient", "KEY"), "could not be written"),
        (("verify", "identity", "--identity", "identity"), "does not open"),
        (("restore", "identity", "--into", "var", "--identity", "identity"), "not empty"),
    ],
)
def test_mistakes_are_told_in_words(demo_shell: Shell, words: tuple[str, ...], said: str) -> None:
    """One sentence and what to do; nothing is written."""
    recipient = made_key(demo_shell)
    done = demo_shell.run("backup", *(recipient if word == "KEY" else word for word in words))
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in demo_shell.folder.iterdir()) == ["identity", "var"]


def test_a_restore_killed_at_any_moment_leaves_nothing_that_starts(demo_shell: Shell) -> None:
    """Either the folder is not there, or it is whole: the next restore into it works, or a broker does."""
    shell = demo_shell
    shell.run("backup", "create", "broker.age", "--recipient", made_key(shell), "--recordings")
    words = ["backup", "restore", "broker.age", "--into", "again/var", "--identity", "identity"]
    begun = time.monotonic()
    assert restored(shell, "measured").returncode == 0
    whole = time.monotonic() - begun
    for part in (0.5, 0.65, 0.8, 0.95):
        with subprocess.Popen(
            [str(shell.command), *words], cwd=shell.folder, stdout=subprocess.DEVNULL
        ) as process:
            time.sleep(whole * part)
            process.send_signal(signal.SIGKILL)
        if (shell.folder / "again" / "var").exists():
            break
    again = Shell(shell.folder / "again")
    if not again.state.exists():
        assert restored(shell).returncode == 0
    assert again.run("audit", "verify").returncode == 0
    assert (Path(again.state) / "restored.json").exists() or again.rows("SELECT 1")
