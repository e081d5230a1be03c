"""The page a load balancer asks."""

from __future__ import annotations

from pathlib import Path

from tests.web.house import House


def test_it_answers_while_the_database_can_be_read(house: House):
    """Two letters, no cookie, nothing about the inside."""
    answer = house.browser().get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert "Set-Cookie" not in answer.headers


def test_it_says_no_when_the_database_is_gone(house: House):
    """503 without a detail."""
    house.parts.store.engine.dispose()
    database = house.parts.settings.state_dir / "broker.db"
    for leftover in ("", "-wal", "-shm"):
        Path(f"{database}{leftover}").unlink(missing_ok=True)
    database.mkdir()
    answer = house.browser().get("/healthz")
    assert (answer.status_code, answer.text) == (503, "unavailable\n")
