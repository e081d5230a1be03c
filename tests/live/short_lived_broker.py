"""``broker demo run`` whose broken glass ends after seconds; the language of the policy files knows whole minutes."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

from flask import Flask

from broker.app import build_parts
from broker.chores import start_chores
from broker.cli.demo import as_demo, seeded
from broker.cli.installation import Installation
from broker.cli.port import claim_port
from broker.cli.serve import Server, _say_ready
from broker.demo import kept_password
from broker.logs import set_up_logs
from broker.policy.catalog import Catalog
from broker.web.factory import make_flask
from broker.web.parts import Parts

ENTITLEMENT = "wordpress-notes"
GLASS_LASTS = timedelta(seconds=7)


class ShortLivedServer(Server):  # type: ignore[misc] # gunicorn carries no types
    def load(self) -> Flask:
        parts = with_short_glass(build_parts(self._settings))
        start_chores(parts)
        threading.Thread(target=_say_ready, args=(self._settings,), daemon=True).start()
        return make_flask(parts)


def with_short_glass(parts: Parts) -> Parts:
    catalog = _shortened(parts.catalog)
    return replace(parts, catalog=catalog, equipment=replace(parts.equipment, catalog=catalog))


def _shortened(catalog: Catalog) -> Catalog:
    entitlement = catalog.entitlements[ENTITLEMENT]
    if entitlement.break_glass is None:
        raise AssertionError(f"{ENTITLEMENT} cannot be had by breaking the glass")
    short = replace(entitlement, break_glass=replace(entitlement.break_glass, maximum=GLASS_LASTS))
    return replace(catalog, entitlements={**catalog.entitlements, ENTITLEMENT: short})


def main() -> None:
    settings = as_demo(Installation().settings)
    set_up_logs(settings.log_level)
    wanted = settings.demo_password.get_secret_value() if settings.demo_password else None
    seeded(settings, kept_password(settings.state_dir / "demo-password", wanted)).store.engine.dispose()
    ShortLivedServer(settings, claim_port(settings.host, settings.port)).run()


if __name__ == "__main__":
    main()
