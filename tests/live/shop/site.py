"""A WordPress with a shop in it: WooCommerce itself where there is one, else our stub of it."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.live.wordpress_site import DEBIAN, WordPressSite

_HERE = Path(__file__).resolve().parent
STUB = _HERE / "woocommerce"
REAL = "BROKER_TEST_WOOCOMMERCE_DIR"
"""Names an unpacked WordPress that carries WooCommerce, to run everything against the real one."""
STORAGE = "BROKER_TEST_WOOCOMMERCE_ORDERS"
"""``hpos`` (tables of their own) or ``posts``: how the real one keeps orders."""


def source() -> Path:
    return Path(os.environ.get(REAL, DEBIAN))


def is_real() -> bool:
    return REAL in os.environ


@dataclass(frozen=True)
class Placed:
    """One order; every text in it (item, name, note, refund) carries ``word``. ``customer`` 0 is a guest."""

    word: str
    order: int
    customer: int
    note: int
    refund: int
    key: str


class Shop(WordPressSite):
    """``start`` opens the shop; it has no orders yet."""

    def __init__(self, folder: Path, *, port: int = 0, storage: str = "") -> None:
        super().__init__(folder, port=port, source=source())
        self.storage = storage or os.environ.get(STORAGE, "hpos")

    def start(self) -> None:
        super().start()
        plugin = self.root / "wp-content/plugins/woocommerce"
        if not plugin.exists():
            shutil.copytree(STUB, plugin)
        recorder = _HERE / "hook_recorder.php"
        shutil.copy(recorder, self.root / "wp-content/mu-plugins" / recorder.name)
        self._php(str(_HERE / "open.php"), str(self.root), self.storage)
        # In a request of its own: the shop's pages are known only once it was loaded whole.
        self.run_php("flush_rewrite_rules();")

    def place_order(self, login: str, word: str) -> Placed:
        """An order of the account ``login``, or of a guest when it is empty."""
        placed = json.loads(self._php(str(_HERE / "order.php"), str(self.root), login or "-", word))
        return Placed(word, **placed)

    def mark(self, login: str, *patients: str, key: str = "patient_ref") -> None:
        """Write into the account whose it is; several patients make it ambiguous."""
        values = "".join(f"add_user_meta($id, '{key}', '{patient}');" for patient in patients)
        self.run_php(f"$id = get_user_by('login', '{login}')->ID; delete_user_meta($id, '{key}'); {values}")

    def consumer_key(self, login: str) -> tuple[str, str]:
        """A WooCommerce API key of the account: key and secret."""
        answer = self._php(str(_HERE / "consumer_key.php"), str(self.root), login)
        key, secret = answer.split()
        return key, secret

    def versions(self) -> dict[str, str]:
        text = self.run_php("echo get_bloginfo('version'), ' ', WC()->version;")
        wordpress, woocommerce = text.split()
        return {"wordpress": wordpress, "woocommerce": woocommerce}

    def pretty(self, session: requests.Session, method: str, route: str, **how: Any) -> requests.Response:
        """A REST call by its pretty address; WooCommerce's keys are only looked at there."""
        headers = {"X-WP-Nonce": self.nonce(session)} if session.cookies else {}
        return session.request(
            method, f"{self.url}/wp-json{route}", headers=headers, timeout=30, allow_redirects=False, **how
        )
