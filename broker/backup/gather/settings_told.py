"""The settings that are no secrets, so that a restored broker can be started as the old one was."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from broker.settings import Settings

# An address may carry a password.
_WITH_SECRETS = frozenset({"database_url", "limits_url"})
# Where this machine keeps things says nothing about the next one.
_OF_THIS_MACHINE = frozenset({"state_dir", "policies_path", "host", "port", "accept_new_keys"})


def settings_told(settings: Settings) -> bytes:
    """Lines for an environment file; those at their default and all secrets are left out."""
    lines = ["# The settings of the broker this backup is of. Passwords and tokens are not among them.\n"]
    for name, about in type(settings).model_fields.items():
        value = getattr(settings, name)
        told = not isinstance(value, SecretStr | Path) and name not in _WITH_SECRETS | _OF_THIS_MACHINE
        if told and value != about.get_default(call_default_factory=True):
            lines.append(f"BROKER_{name.upper()}={value}\n")
    return "".join(lines).encode()
