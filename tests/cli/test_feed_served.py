"""A served broker tells its feeds by itself."""

from __future__ import annotations

import json
import time
from pathlib import Path

from tests.cli.shell import Shell


def test_a_file_fills_while_the_broker_is_served(demo_shell: Shell, tmp_path: Path) -> None:
    """Everything from the beginning, in order, without anybody asking; served again, nothing twice."""
    target = tmp_path / "feed.jsonl"
    demo_shell.run("feed", "add", "Log", "file", target, "--from", "beginning")
    for _ in range(2):
        with demo_shell.serving("serve"):
            _wait_until_told(demo_shell)
    told = [json.loads(line)["seq"] for line in target.read_text().splitlines()]
    assert told == list(range(1, len(told) + 1))
    assert len(told) > 10


def _wait_until_told(shell: Shell) -> None:
    for _ in range(200):
        ((behind,),) = shell.rows("SELECT (SELECT seq FROM ledger_head) - delivered_seq FROM feeds")
        if behind == 0:
            return
        time.sleep(0.1)
    raise AssertionError("the feed was not told")
