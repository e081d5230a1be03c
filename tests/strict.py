"""With BROKER_TEST_STRICT=1 nothing may be skipped: a test that could not run has proved nothing.

``tests/conftest.py`` takes these two hooks over.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import TypeVar

import pytest

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _counted((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _counted((yield))


def _counted(report: Report) -> Report:
    expected = hasattr(report, "wasxfail")
    if report.skipped and not expected and os.environ.get("BROKER_TEST_STRICT") == "1":
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{why}\nNothing may be skipped here: BROKER_TEST_STRICT=1"
    return report
