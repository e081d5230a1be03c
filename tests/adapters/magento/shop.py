"""A stand-in shop: the module's own classes on MariaDB, behind the address and the OAuth check Magento has."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from broker.adapters.kind import Connection
from broker.adapters.lease import LeaseSigner
from broker.adapters.magento.client import MagentoAdapter
from broker.adapters.pairing import pairing_text
from broker.clock import Clock
from tests.fakes.connection import connection_to
from tests.live.php_server import PhpServer

FRONT = Path(__file__).with_name("front")
SECRETS = {
    "consumer_key": "consumer-key-of-tests",
    "consumer_secret": "consumer/secret&of+tests",
    "access_token": "access-token-of-tests",
    "access_token_secret": "access secret of tests",
}


@dataclass
class Shop:
    """``seen_as`` is the host PHP is told, where a proxy changes it; ``mark`` what the broker claims to have reserved."""

    dsn: str
    folder: Path
    signer: LeaseSigner
    seen_as: str = ""
    mark: int = 1
    pairing: str = ""
    server: PhpServer | None = None

    def start(self) -> None:
        subprocess.run(["php", str(FRONT / "hire.php"), self.dsn], check=True, capture_output=True)
        served = self.folder / "pub"
        served.mkdir(parents=True)
        set_up = json.dumps(self._set_up())
        (self.folder / "set_up.json").write_text(set_up, encoding="utf-8")
        (served / "index.php").write_text(
            "<?php $set = json_decode(file_get_contents(__DIR__ . '/../set_up.json'), true);"
            f" require '{FRONT / 'serve.php'}';",
            encoding="utf-8",
        )
        self.server = PhpServer(served)
        self.server.start()

    def _set_up(self) -> dict[str, Any]:
        return {
            "dsn": self.dsn,
            "folder": str(self.folder),
            "pairing": self.pairing or pairing_text("shop", self.signer.issuer, [self.signer.public_jwk]),
            "secrets": SECRETS,
            "host": self.seen_as,
        }

    def stop(self) -> None:
        if self.server:
            self.server.stop()

    @property
    def url(self) -> str:
        assert self.server
        return self.server.url

    def opens(self, account: str, resource: str) -> bool:
        """Whether the shop itself would let the account do what the resource stands for."""
        asked = {"account": account, "resource": resource}
        return bool(requests.get(f"{self.url}/opens", asked, timeout=10).json()["opens"])

    def connection(self, clock: Clock | None = None, **differing: Any) -> Connection:
        signer = differing.pop("signer", self.signer)
        said = {"site": "shop", "secrets": SECRETS, "mark": lambda: self.mark} | differing
        return connection_to(self.url, signer, clock, **said)

    def adapter(self, clock: Clock | None = None, **differing: Any) -> MagentoAdapter:
        return MagentoAdapter(self.connection(clock, **differing))
