"""What ``tests/conftest.py`` promises about every run."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from pytest_socket import SocketBlockedError

from broker.settings import Settings

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[1]
SKIPPING = """
import pytest

def test_that_runs(): pass

@pytest.mark.skip(reason="no time")
def test_marked(): pass

@pytest.fixture
def platform(): pytest.skip("missing: a platform")

def test_lacking(platform): pass

@pytest.mark.xfail
def test_known_to_fail(): assert False
"""


@pytest.fixture
def other_tests(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A folder of tests that skip, under the hooks of this one."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makeconftest("from tests.strict import *")
    pytester.makepyfile(SKIPPING, test_whole_module="import pytest; pytest.importorskip('no_such_module')")
    return pytester


def test_a_skipped_test_is_a_failure_where_ci_runs(
    other_tests: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Marked, lacking something or a whole module: each fails with its reason; what is known to fail does not."""
    monkeypatch.setenv("BROKER_TEST_STRICT", "1")
    result = other_tests.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(errors=1)
    result = other_tests.runpytest_subprocess("--continue-on-collection-errors", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, errors=3, xfailed=1)
    result.stdout.fnmatch_lines(["*no_such_module*", "*missing: a platform*", "*BROKER_TEST_STRICT=1*"])


def test_a_skipped_test_is_named_elsewhere(
    other_tests: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without strictness the same run is green and says what it left out, and why."""
    monkeypatch.delenv("BROKER_TEST_STRICT", raising=False)
    result = other_tests.runpytest_subprocess("-ra", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, skipped=3, xfailed=1)
    result.stdout.fnmatch_lines(["SKIPPED*missing: a platform*"])


def test_no_socket_is_opened_by_mistake() -> None:
    """Outside the folders that talk to somebody, not even this machine is reached."""
    with pytest.raises((SocketBlockedError, UserWarning), match="socket"):
        socket.create_connection(("127.0.0.1", 9))


def test_a_developers_settings_reach_no_test(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What BROKER_ variables say in the shell is gone before the first fixture asks, but for those of tests."""
    assert not [name for name in os.environ if name.startswith("BROKER_") and "_TEST_" not in name]
    usual = Settings().on_call_contact
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("BROKER_ON_CALL_CONTACT", "the developer")
    pytester.makeconftest("from tests.conftest import *\nfrom tests.conftest import _nobodys_settings")
    pytester.makepyfile(
        "from broker.settings import Settings\n"
        f"def test_default(): assert Settings().on_call_contact == {usual!r}"
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)
