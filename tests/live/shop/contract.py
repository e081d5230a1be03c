"""What WooCommerce does when asked: the statuses it answers with and the hooks it fires, as a record.

    BROKER_TEST_WOOCOMMERCE_DIR=... python -m tests.live.shop.contract

writes ``contract.json`` from the real one. The stub, and every real version that is
driven by hand, is held to that record by ``test_contract.py``.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import requests

from tests.live.broker_side import BrokerSide
from tests.live.shop.conftest import Counter, furnish
from tests.live.shop.probes import BEYOND_READING, ELSEWHERE, OPEN, OTHERS_ORDERS, Probe
from tests.live.shop.site import Shop, is_real
from tests.live.shop.trying import attempt, names

FILE = Path(__file__).with_name("contract.json")
PAGES = [
    Probe("page:/my-account/view-order/{mine}/"),
    Probe("page:/my-account/view-order/{other}/"),
    Probe("page:/wp-admin/profile.php"),
    Probe("page:/wp-admin/admin.php?page=emergency-access-orders"),
]
NOTE = Probe("/wc/v3/orders/{second}/notes", "POST", json={"note": "for the record"})
PROBES = [*OPEN, *OTHERS_ORDERS, *BEYOND_READING, *ELSEWHERE, *PAGES, NOTE]
Seen = dict[str, Any]


def observe(counter: Counter, session: requests.Session, probe: Probe) -> Seen:
    """One probe's status, and each different firing of a hook a lease depends on, with numbers named."""
    log = counter.shop.root / "wp-content/hooks.log"
    log.unlink(missing_ok=True)
    session.headers["X-Record-Hooks"] = "1"
    try:
        status = attempt(counter, session, probe).status_code
    finally:
        del session.headers["X-Record-Hooks"]
    lines = log.read_text().splitlines() if log.exists() else []
    known = {str(number): name for name, number in names(counter, session).items() if type(number) is int}
    named = {re.sub(r"\b[123]\d{5}\b", lambda found: known.get(found[0], "new"), line) for line in lines}
    fired = [json.loads(re.sub(r"(?<=[\[:,])([a-z_]+)(?=[\],}])", _quoted, line)) for line in sorted(named)]
    return {"status": status, "hooks": [hook for hook in fired if _is_about(probe, hook)]}


def _quoted(word: re.Match[str]) -> str:
    return word[0] if word[0] in {"true", "false", "null"} else f'"{{{word[0]}}}"'


def _is_about(probe: Probe, hook: list[Any]) -> bool:
    """Only questions about orders, and of them those the method puts: to name the verbs a route
    allows, WordPress asks about all others too, and newer versions more often."""
    name, arguments = hook
    if name != "woocommerce_rest_check_permissions":
        return True
    put = {"GET": {"read"}, "POST": {"create", "batch"}}.get(probe.method, {"edit", "delete"})
    return arguments[1] in put and arguments[3].startswith("shop_order")


def observe_all(counter: Counter, session: requests.Session) -> dict[str, Seen]:
    return {probe.name: observe(counter, session, probe) for probe in PROBES}


def main() -> None:
    if not is_real():
        sys.exit("BROKER_TEST_WOOCOMMERCE_DIR names no site with the real WooCommerce.")
    versions, record = _record("hpos")
    _, as_posts = _record("posts")
    for when, all_seen in as_posts.items():
        as_posts[when] = {name: seen for name, seen in all_seen.items() if seen != record[when][name]}
    text = json.dumps({"recorded_from": versions, **record, "as_posts": as_posts}, indent=1)
    FILE.write_text(text + "\n", encoding="utf-8")


def recorded(when: str, storage: str) -> dict[str, Seen]:
    """What was seen of the real one with orders in tables ("hpos") or as posts."""
    record = json.loads(FILE.read_text(encoding="utf-8"))
    differing = record["as_posts"][when] if storage == "posts" and is_real() else {}
    return {**record[when], **differing}


def _record(storage: str) -> tuple[dict[str, str], dict[str, dict[str, Seen]]]:
    with tempfile.TemporaryDirectory() as folder:
        shop, broker = Shop(Path(folder) / "shop", storage=storage), BrokerSide()
        try:
            shop.start()
            shop.install_companion(broker.pairing)
            broker.connect(shop.url)
            return shop.versions(), _seen(Counter(shop, broker, furnish(shop), "recorder"))
        finally:
            shop.stop()


def _seen(counter: Counter) -> dict[str, dict[str, Seen]]:
    """By somebody with no rights, and by the same person under a lease to read and note."""
    counter.hire()
    before = observe_all(counter, counter.log_in())
    counter.give("notes")
    return {"before": before, "during": observe_all(counter, counter.log_in())}


if __name__ == "__main__":
    main()
