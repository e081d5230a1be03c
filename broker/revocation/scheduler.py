"""A clock that rings. What is to be done, and for whom, is in the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

log = structlog.get_logger("broker.scheduler")

Chore = Callable[[], object]


def ring(chores: Mapping[str, tuple[Chore, float]], first: datetime) -> BackgroundScheduler:
    """Start ringing: each chore at ``first`` and then every so many seconds; the caller shuts it down.

    A chore that fails is rung again; one that is late is not dropped, and never runs twice at a time.
    """
    scheduler = BackgroundScheduler(
        timezone=UTC,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for name, (chore, seconds) in chores.items():
        scheduler.add_job(_guarded(name, chore), "interval", seconds=seconds, id=name, next_run_time=first)
    scheduler.start()
    return scheduler


def _guarded(name: str, chore: Chore) -> Callable[[], None]:
    def run() -> None:
        try:
            chore()
        except Exception:  # the bell must go on ringing, whatever one chore met
            log.exception("chore_failed", chore=name)

    return run
