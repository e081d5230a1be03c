from __future__ import annotations

import subprocess
import sys


def test_a_chore_that_is_still_at_work_is_no_warning() -> None:
    """One that fails is told; one that is rung while it works is not, in a process of its own."""
    program = """
import logging
from broker.logs import set_up_logs
set_up_logs("INFO")
log = logging.getLogger("apscheduler.scheduler")
log.warning("skipped: maximum number of running instances reached")
log.error("the job failed")
"""
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stderr
    assert "skipped" not in said
    assert "the job failed" in said
