"""Turning what the module reports about itself into sentences with a next step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from broker.adapters.magento.module_files import module_digest, module_version
from broker.adapters.port import Health

_SENTENCES = {
    "restored": "The shop's database is older than the shop: it was restored from a backup. No access is given "
    "there until the broker has sent everything again, which it does by itself.",
    "mark_not_kept": "The module cannot write to var/emergency_access, so a restored database is noticed by the "
    "broker alone. Let PHP write there.",
    "rows_unproven": "The table of leases in the shop's database holds rows that this broker did not sign. They "
    "grant nothing. Unless the shop was paired anew, find out who writes to that database.",
    "cron_silent": "Magento's cron has not run the module for minutes. Access still ends in time, but sessions "
    "end with the next visit only: see to cron (bin/magento cron:run).",
    "second_factor_off": "Admins sign in to the shop without a second factor. Switch Magento_TwoFactorAuth on.",
}


def diagnose(health: Health) -> Health:
    """``health`` with everything that is wrong said in sentences (its clock apart: ``site_time`` says it)."""
    return replace(health, problems=tuple(_problems(health)))


def _problems(health: Health) -> Iterator[str]:
    for word in health.words:
        yield _SENTENCES.get(word, f"The module reports {word!r}. Update this broker to learn what it means.")
    shipped = module_version()
    if health.companion_version != shipped:
        yield (
            f"The module is version {health.companion_version}, this broker ships {shipped}. "
            "Copy the shipped folder into the shop and run: bin/magento setup:upgrade"
        )
    elif health.companion_digest != module_digest():
        yield (
            "The module's files differ from the ones this broker ships. "
            "Copy the shipped folder into the shop again and find out who changed them."
        )
