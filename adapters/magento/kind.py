"""Magento 2.4 with the companion module, as a kind of site."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from broker.adapters.kind import Connection
from broker.adapters.magento.client import MagentoAdapter
from broker.adapters.magento.module_files import FOLDER
from broker.adapters.magento.scope import check_scope
from broker.adapters.port import Adapter

PAIRING = """\
1. Copy {module}
   to app/code/EmergencyAccess/Broker in the shop, and run: bin/magento setup:upgrade
2. Add this line to the shop's app/etc/env.php, among the topmost entries:

'emergency_access' => ['pairing' => '{text}'],

   It holds no secret: only whom the shop obeys, by public key.
3. In the admin panel under System > Integrations, add one for the broker with the single resource
   "Emergency Access Broker", activate it, and enter its four keys here: broker site secret"""


class MagentoKind:
    title = "Magento"
    limits: tuple[str, ...] = ()
    secrets: Mapping[str, str] = {
        "consumer_key": "Consumer Key of the broker's integration",
        "consumer_secret": "Consumer Secret of the broker's integration",
        "access_token": "Access Token of the broker's integration",
        "access_token_secret": "Access Token Secret of the broker's integration",
    }
    options: Mapping[str, str] = {
        "signing_base_url": "Scheme and host as PHP sees them, where a proxy changes either (https://shop.example)",
        "admin_path": "Where the admin panel is, if not under /admin",
    }

    def connect(self, connection: Connection) -> Adapter:
        return MagentoAdapter(connection)

    def check_scope(self, scope: Mapping[str, Any]) -> None:
        check_scope(scope)

    def pairing_words(self, text: str) -> str:
        return PAIRING.format(text=text, module=FOLDER)


KIND = MagentoKind()
