"""``broker person link-sso`` and ``unlink-sso``."""

from __future__ import annotations

from tests.cli.shell import Shell

PROVIDER = ("--issuer", "https://id.example")


def test_a_sign_in_is_linked_once_and_taken_away_again(demo_shell: Shell) -> None:
    """Each with its entry in the ledger; linked twice, and nobody's, are refused in words."""
    linked = demo_shell.run("person", "link-sso", "clinician@demo.example", "oid-1", *PROVIDER)
    assert linked.returncode == 0, linked.stderr
    again = demo_shell.run("person", "link-sso", "approver@demo.example", "oid-1", *PROVIDER)
    assert again.returncode == 1
    assert "linked already" in again.stderr
    gone = demo_shell.run("person", "unlink-sso", "clinician@demo.example", *PROVIDER)
    assert "no longer linked" in gone.stdout
    told = demo_shell.rows("SELECT event FROM ledger_entries WHERE event LIKE 'person.%linked'")
    assert told == [("person.linked",), ("person.unlinked",)]


def test_a_provider_has_to_be_named(demo_shell: Shell) -> None:
    """Where the settings name none."""
    refused = demo_shell.run("person", "link-sso", "clinician@demo.example", "oid-1")
    assert refused.returncode == 1
    assert "No provider is named" in refused.stderr
