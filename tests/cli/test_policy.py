from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from broker.cli.policy import policy
from broker.policy.schema import json_schema

SHIPPED = Path(__file__).parents[2] / "policies"


@dataclass(frozen=True)
class Person:
    id: str
    roles: frozenset[str]
    has_factor: bool
    has_passkey: bool = False


@dataclass(frozen=True)
class Installation:
    """One clinician without a second factor; no database anywhere."""

    policies_path: Path = SHIPPED

    def find_person(self, email: str) -> Person | None:
        known = email == "clinician@demo.example"
        return Person("person_1", frozenset({"clinician"}), has_factor=False) if known else None


def _run(*words: str, policies: Path = SHIPPED) -> Result:
    return CliRunner().invoke(policy, words, obj=Installation(policies))


def test_check_lists_what_a_good_policy_offers() -> None:
    """A policy without faults exits 0 with one line for each entitlement and the digest."""
    result = _run("check")
    assert result.exit_code == 0
    assert "wordpress-notes: " in result.output
    assert "No faults. Policy digest: " in result.output


def test_check_needs_no_installation() -> None:
    """A directory named on the command line is checked without settings or database."""
    assert CliRunner().invoke(policy, ["check", str(SHIPPED)], obj=None).exit_code == 0


@pytest.mark.parametrize("command", [["check"], ["simulate", "--as", "clinician", "--for", "patient-record"]])
def test_faults_are_listed_with_file_and_line(tmp_path: Path, command: list[str]) -> None:
    """A policy with faults exits 1 with every fault as file:line: message on the error stream."""
    (tmp_path / "a.yaml").write_text("version: 2\nrolls: {}\n")
    (tmp_path / "b.yaml").write_text("version: [\n")
    result = _run(*command, policies=tmp_path)
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    assert lines[0].startswith(f"{tmp_path}/a.yaml:1: ")
    assert lines[1].startswith(f"{tmp_path}/a.yaml:2: Unknown key")
    assert lines[2].startswith(f"{tmp_path}/b.yaml:2: This is not YAML")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["--as", "clinician", "--for", "patient-record"], "Yes, for 15 minutes, after 1 person has approved."),
        (["--as", "clinician", "--for", "patient-record", "--minutes", "60", "--break-glass"], "Yes, at once, for 15 minutes."),
        (["--as", "clinician", "--for", "patient-record", "--minutes", "61"], "No. Not met: duration-allowed."),
        (["--as", "clinician", "--for", "patient-record", "--purpose", "HOPERAT"], "No. Not met: purpose-allowed."),
        (["--as", "clinician", "--for", "patient-record", "--compartment", "restricted"], "No. Not met: patient-covered."),
        (["--as", "clinician", "--for", "restricted-record", "--break-glass"], "No. Not met: path-open."),
        (["--as", "clinician", "--for", "patient-record", "--break-glass", "--overdue-reviews", "1"], "No. Not met: reviews-done."),
        (["--as", "clinician", "--for", "patient-record", "--break-glass", "--overdue-reviews", "1", "--danger"], "Yes, at once, for 15 minutes."),
        (["--as", "clinician", "--for", "patient-record", "--extension", "--held", "110"], "Yes, for 10 minutes, after"),
        (["--as", "admin", "--for", "patient-record"], "No. Not met: role-may-ask."),
        (["--as", "clinician@demo.example", "--for", "patient-record"], "No. Not met: factor-enrolled."),
    ],
)  # fmt: skip
def test_simulate_explains_a_decision(words: list[str], answer: str) -> None:
    """The answer stands at the beginning of a line, with the assumptions above and the rules below."""
    result = _run("simulate", *words)
    assert result.exit_code == 0
    assert f"\n{answer}" in result.output
    assert "Purpose:" in result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--as", "clinicain", "--for", "patient-record"], 'did you mean "clinician"?'),
        (["--as", "nobody@demo.example", "--for", "patient-record"], "nobody here is called"),
        (["--as", "clinician", "--for", "patient-records"], 'did you mean "patient-record"?'),
    ],
)
def test_simulate_does_not_guess(words: list[str], said: str) -> None:
    """Unknown people, roles and entitlements are usage errors that say what was meant, perhaps."""
    result = _run("simulate", *words)
    assert result.exit_code == 2
    assert said in result.stderr


def test_schema_prints_the_schema() -> None:
    """The output is the schema file itself."""
    assert _run("schema").stdout == json_schema()
