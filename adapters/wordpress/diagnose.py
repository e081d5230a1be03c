"""Turning what a companion reports about itself into sentences with a next step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from broker.adapters.port import Health
from broker.adapters.wordpress.companion_files import companion_digest, companion_version

_SENTENCES = {
    "rows_unproven": "Somebody edited the table of leases in the site's database. The edited rows grant nothing; "
    "find out who writes to that database.",
    "rows_of_unknown_key": "Leases are stored there that a key signed which the site no longer knows. That is so after it was "
    "paired anew, until they are sent again or end at their time; otherwise somebody wrote to that database.",
    "restored": "The site's database was put back from a backup. No lease counts there until this broker has sent "
    "everything again, which it does by itself within a minute.",
    "protection_unproven": "The rule about network administrators that the site stores is not signed by a key it knows, "
    "so it holds nobody back. It is sent again with the next policy check: broker doctor",
    "mark_only_in_database": "The companion cannot write to wp-content/uploads/emergency-access, so only this broker would "
    "notice a database put back from a backup. Let PHP write there.",
    "events_lost": "The site could not write its record of events, and gave nobody access in the meantime. "
    "Look at its database and its free space.",
    "files_not_watched": "The site has more code than it can look through in two seconds, so changed files go unnoticed. "
    "Remove plugins and themes that are not used.",
    "accounts_not_watched": "The site has more powerful accounts or API keys than it can compare, so changes made in its "
    "database go unnoticed. Remove those that are not used.",
    "opcache_frozen": "PHP on the site never looks for changed files (opcache.validate_timestamps is off). "
    "Restart PHP there after each change of the companion or the pairing.",
}


def diagnose(health: Health) -> Health:
    """``health`` with everything that is wrong said in sentences (its clock apart: ``site_time`` says it)."""
    return replace(health, problems=tuple(_problems(health)))


def _problems(health: Health) -> Iterator[str]:
    for word in health.words:
        yield _SENTENCES.get(
            word, f"The companion reports {word!r}. Update this broker to learn what it means."
        )
    yield from _companion_problems(health)


def _companion_problems(health: Health) -> Iterator[str]:
    shipped = companion_version()
    if health.companion_version != shipped:
        yield (
            f"The companion is version {health.companion_version}, this broker ships {shipped}. "
            "Copy the shipped folder onto the site."
        )
    elif health.companion_digest != companion_digest():
        yield (
            "The companion's files differ from the ones this broker ships. "
            "Copy the shipped folder onto the site again and find out who changed them."
        )
