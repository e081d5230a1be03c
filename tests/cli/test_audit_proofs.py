"""``broker audit`` for outsiders: what it prints is accepted by the auditor's own program, and by nobody else's key."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from broker.access.ask import ask
from broker.access.equipment import TypedCode
from broker.access.plan import AskForm
from broker.app import build_parts
from broker.cli.demo import as_demo
from broker.identity.factors.demo_code import CurrentCode, current_code
from broker.identity.people import by_email
from broker.ledger.signing.keys import generate
from broker.policy.decision import Path as Way
from broker.settings import Settings
from tests.cli.shell import Inside, Shell

ROOT = Path(__file__).parents[2]


@pytest.fixture
def vouched(demo_shell: Shell) -> Shell:
    """A demo with a checkpoint."""
    assert demo_shell.run("audit", "checkpoint").returncode == 0
    return demo_shell


def key_of(shell: Shell) -> Path:
    return shell.state / "keys" / "ledger.pub"


def outsider(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "broker.ledger.verifying", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def test_an_entrys_proof_is_accepted_by_an_outsider(vouched: Shell, tmp_path: Path) -> None:
    """And the same file by the broker's own command; with another key by neither."""
    proof = tmp_path / "entry-2.tlog-proof"
    proof.write_text(vouched.run("audit", "prove", "2").stdout)
    told = outsider(proof, "--public-key", key_of(vouched))
    assert (told.returncode, "Entry 2 is in the ledger" in told.stdout) == (0, True)
    ours = vouched.run("audit", "verify", "--receipt", str(proof), "--public-key", str(key_of(vouched)))
    assert (ours.returncode, ours.stdout) == (0, told.stdout)
    other = tmp_path / "other.pub"
    other.write_text(generate(tmp_path / "other.key", "emergency-access-broker/ledger").public.vkey)
    assert outsider(proof, "--public-key", other).returncode == 1
    assert outsider(proof).returncode == 1


def test_growth_is_proved_against_a_checkpoint_one_kept(vouched: Shell, tmp_path: Path) -> None:
    """The copy of the checkpoints that an outsider took earlier is what the new one is held against."""
    kept = tmp_path / "kept.txt"
    kept.write_text((vouched.state / "heads" / "ledger-heads.txt").read_text())
    size = kept.read_text().split("\n")[2]
    someone = ("--email", "someone@clinic.example", "--name", "S", "--role", "approver")
    typed = "a-long-enough-password\n" * 2
    assert Inside(vouched.folder).run("person", "add", *someone, typed=typed).returncode == 0
    assert vouched.run("audit", "checkpoint").returncode == 0
    proof = tmp_path / "growth"
    proof.write_text(vouched.run("audit", "consistency", size).stdout)
    told = outsider(proof, "--public-key", key_of(vouched), "--checkpoints", kept)
    assert (told.returncode, f"begins with the {size} you hold" in told.stdout) == (0, True)
    assert "hold no checkpoint" in outsider(proof, "--public-key", key_of(vouched)).stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["prove", "100000"], "under no checkpoint"),
        (["consistency", "100000"], "fewer than 100000"),
        (["receipt", "grant_nobodys", "file"], ""),
    ],
)
def test_what_is_not_there_is_told_in_a_sentence(vouched: Shell, words: list[str], said: str) -> None:
    """Exit status 1 and no traceback."""
    result = vouched.run("audit", *words)
    assert result.returncode == 1
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_before_the_first_checkpoint_nothing_is_proved(demo_shell: Shell) -> None:
    """The sentence says how to sign one."""
    result = demo_shell.run("audit", "prove", "1")
    assert (result.returncode, "broker audit checkpoint" in result.stderr) == (1, True)


def test_a_rewritten_ledger_proves_nothing(vouched: Shell) -> None:
    """The broker holds its own proof against the checkpoint before it hands it out."""
    engine = create_engine(f"sqlite:///{vouched.state / 'broker.db'}")
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER ledger_entries_no_update"))
        connection.execute(text("UPDATE ledger_entries SET digest = replace(digest, 'a', 'b') WHERE seq = 1"))
    engine.dispose()
    for words in (["prove", "2"], ["consistency", "1"], ["tiles", str(vouched.state / "tiles")]):
        result = vouched.run("audit", *words)
        assert (result.returncode, "does not fit its own checkpoint" in result.stderr) == (1, True)


def test_the_ledger_is_written_as_tiles(vouched: Shell, tmp_path: Path) -> None:
    """A folder with the checkpoint, hashes and entries; again it adds nothing."""
    folder = tmp_path / "log"
    assert "are in" in vouched.run("audit", "tiles", str(folder)).stdout
    assert {path.name for path in folder.iterdir()} == {"checkpoint", "tile"}
    assert "0 files were added" in vouched.run("audit", "tiles", str(folder)).stdout


def test_a_grants_receipt_is_accepted_by_an_outsider(vouched: Shell, tmp_path: Path) -> None:
    """A file that replaces no other, and the story in sentences by the key alone."""
    grant = granted(as_demo(Settings(state_dir=vouched.state)))
    assert vouched.run("audit", "checkpoint").returncode == 0
    file = tmp_path / "receipt.json"
    assert "entries are proved, 0 are not yet" in vouched.run("audit", "receipt", grant, str(file)).stdout
    told = outsider(file, "--public-key", key_of(vouched))
    assert (told.returncode, told.stderr) == (0, "")
    assert "broke the glass" in told.stdout
    again = vouched.run("audit", "receipt", grant, str(file))
    assert (again.returncode, "cannot be written" in again.stderr) == (1, True)


def granted(settings: Settings) -> str:
    """The id of what the demo's clinician got by breaking the glass."""
    parts = build_parts(settings)
    with parts.store.read() as reader:
        person = by_email(reader, "clinician@demo.example")
        assert person
        code = current_code(reader, parts.lobby.box, person.id, parts.clock.wall())
    assert isinstance(code, CurrentCode)
    form = AskForm(
        submission="form_1",
        patient_ref="P-1001",
        entitlement="telehealth-recording",
        purpose="ETREAT",
        reason="unresponsive",
        note="collapsed after the visit",
        duration=timedelta(minutes=15),
        path=Way.BREAK_GLASS,
    )
    grant = ask(parts.equipment, person, form, TypedCode(code.code, "test")).grant
    parts.store.engine.dispose()
    assert grant
    return grant.id
