"""The witness as a process: what it answers to whom, and that it remembers before it answers."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from broker.ledger.signing.cosign import cosignatures
from broker.witness.submission import write_submission
from broker.witness.tree_head import read_head
from tests.fakes.growing_log import ORIGIN, GrowingLog, key_of
from tests.witness.running import command, running

VKEY = key_of().public.vkey
DIGEST = hashlib.sha256(ORIGIN.encode()).hexdigest()


def get(url: str, **options) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.request(options.pop("method", "GET"), url, timeout=10, **options)


def test_it_answers_as_the_specification_says(tmp_path: Path) -> None:
    """200 with the cosignature; 409 with the size as text/x.tlog.size; 422, 403, 404 and 400 in their places."""
    log, fork, stranger = GrowingLog.of(9), GrowingLog.of(9, branch="other "), GrowingLog.of(9)
    stranger.key = key_of("elsewhere.example/ledger")
    with running(tmp_path / "w", VKEY) as witness:
        first = witness.add(log.body(0, 5))
        assert first.status_code == 200
        assert [each.key for each in cosignatures(log.note(5) + first.text, [witness.key])] == [witness.key]
        stale = witness.add(log.body(0, 9))
        assert (stale.status_code, stale.text, stale.headers["Content-Type"]) == (
            409,
            "5\n",
            "text/x.tlog.size",
        )
        forked = witness.add(fork.body(5, 5))
        assert (forked.status_code, forked.text) == (409, "5\n")
        assert witness.add(fork.body(5, 9)).status_code == 422
        assert witness.add(stranger.body(0, 9)).status_code == 404
        stranger.key = key_of(seed=8)
        assert witness.add(stranger.body(5, 9)).status_code == 403
        assert witness.add(write_submission(9, [], log.note(5))).status_code == 400
        assert witness.add(b"nonsense").status_code == 400
        assert witness.add(b"x" * 100_000).status_code == 413
        assert witness.add(log.body(5, 9)).status_code == 200
        assert read_head(get(f"{witness.url}/checkpoint/{DIGEST}").text.split("\n\n")[0]).size == 9


def test_nothing_else_is_there(tmp_path: Path) -> None:
    """Other paths, other methods, other ledgers: refused; who it is, is told."""
    with running(tmp_path / "w", VKEY) as witness:
        assert get(witness.url).text == f"{witness.key.vkey}\n"
        for path in (
            "add-checkpoint/",
            "checkpoint/",
            f"checkpoint/{DIGEST}",
            "checkpoint/..%2fwitness.key",
            "x",
        ):
            assert get(f"{witness.url}/{path}").status_code == 404
        assert get(f"{witness.url}/add-checkpoint").headers["Allow"] == "POST"
        assert get(witness.url, method="DELETE").status_code == 405


def test_calls_of_one_address_are_counted(tmp_path: Path) -> None:
    """More calls in a minute than the settings say are refused, with when to come again."""
    with running(tmp_path / "w", VKEY, calls_a_minute=4) as witness:
        answers = [get(witness.url) for _ in range(6)]
    assert 429 in {answer.status_code for answer in answers}
    assert next(a for a in answers if a.status_code == 429).headers["Retry-After"] == "60"


def test_it_knows_after_a_restart_what_it_vouched_for(tmp_path: Path) -> None:
    """Stopped and started again, it neither forgets nor changes its key."""
    log = GrowingLog.of(6)
    with running(tmp_path / "w", VKEY) as witness:
        witness.add(log.body(0, 6))
    with running(tmp_path / "w", VKEY) as again:
        assert again.key == witness.key
        assert again.add(GrowingLog.of(4).body(0, 4)).text == "6\n"
    shown = command(tmp_path / "w", "show")
    assert shown.returncode == 0
    assert f"{ORIGIN}\t6 entries" in shown.stdout


def test_killed_at_any_moment_it_remembers_whatever_it_answered(tmp_path: Path) -> None:
    """SIGKILL while checkpoints stream in: no cosignature it gave is of a larger ledger than it remembers."""
    log, answered, folder = GrowingLog.of(200), 0, tmp_path / "w"
    for round_ in range(6):
        with running(folder, VKEY, calls_a_minute=100_000) as witness:
            timer = threading.Timer(0.03 + 0.04 * round_, witness.kill)
            timer.start()
            with suppress(requests.RequestException):
                seen = _seen(witness)
                while seen < 200:
                    assert witness.add(log.body(seen, seen + 1)).status_code == 200
                    seen = answered = seen + 1
            timer.join()
        with running(folder, VKEY) as again:
            assert _seen(again) in {answered, answered + 1}
            answered = _seen(again)
            # Nor does it vouch for another ledger now, which went further than this one can.
            if answered:
                assert again.add(GrowingLog.of(300, branch="x").body(answered, 300)).status_code == 422


def _seen(witness) -> int:
    answer = witness.add(write_submission(2**40, [], GrowingLog.of(1).note(1)))
    assert answer.status_code == 400
    answer = get(f"{witness.url}/checkpoint/{DIGEST}")
    return read_head(answer.text.split("\n\n")[0]).size if answer.ok else 0


def test_of_many_rivals_one_history_is_vouched_for(tmp_path: Path) -> None:
    """Twelve forks at once, to two processes on one folder: all cosignatures given are of one and the same ledger."""
    forks = [GrowingLog.of(8, branch=f"{number} ") for number in range(12)]
    with (
        running(tmp_path / "w", VKEY, calls_a_minute=1000) as one,
        running(tmp_path / "w", VKEY, calls_a_minute=1000) as two,
        ThreadPoolExecutor(24) as pool,
    ):
        asked = [
            (fork, pool.submit(process.add, fork.body(0, 8))) for fork in forks for process in (one, two)
        ]
        vouched = {fork.history[0] for fork, answer in asked if answer.result().status_code == 200}
        statuses = {answer.result().status_code for _, answer in asked}
    assert len(vouched) == 1
    assert statuses <= {200, 409}


def test_it_starts_with_nothing_of_the_broker_but_itself() -> None:
    """The process that vouches for the broker loads neither its pages nor its database."""
    listing = "import sys, broker.witness.command; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", listing], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"flask", "werkzeug", "sqlalchemy", "broker.web", "broker.store", "broker.app"} & set(loaded)


@pytest.mark.parametrize("lost", ["witness.key", f"ledgers/{DIGEST}/checkpoint"])
def test_a_witness_that_lost_something_says_so(tmp_path: Path, lost: str) -> None:
    """Without its key it does not start anew under another; without a checkpoint it vouches for nothing."""
    folder = tmp_path / "w"
    with running(folder, VKEY) as witness:
        witness.add(GrowingLog.of(3).body(0, 3))
        (folder / lost).unlink()
        if lost != "witness.key":
            assert witness.add(GrowingLog.of(3).body(0, 3)).status_code == 500
    shown = command(folder, "show")
    assert shown.returncode == 1
    assert "Traceback" not in shown.stderr
    assert "Restore" in shown.stderr + shown.stdout


def test_a_fork_is_shown_to_whoever_runs_the_witness(tmp_path: Path) -> None:
    """``show`` prints what was refused and ends with status 1."""
    with running(tmp_path / "w", VKEY) as witness:
        witness.add(GrowingLog.of(3).body(0, 3))
        witness.add(GrowingLog.of(3, branch="x").body(3, 3))
    shown = command(tmp_path / "w", "show")
    assert shown.returncode == 1
    assert "FORKED" in shown.stdout
    assert GrowingLog.of(3, branch="x").note(3) in shown.stdout


def test_trust_takes_a_public_key_once(tmp_path: Path) -> None:
    """The line that names a ledger is enough; damaged it is refused with words, another key for its name too."""
    assert "from now on" in command(tmp_path / "w", "trust", VKEY).stdout
    assert "already" in command(tmp_path / "w", "trust", VKEY).stdout
    assert command(tmp_path / "w", "trust", VKEY[:-3]).returncode == 1
    other = command(tmp_path / "w", "trust", key_of(seed=8).public.vkey)
    assert other.returncode == 1
    assert "known here by another key" in other.stderr
