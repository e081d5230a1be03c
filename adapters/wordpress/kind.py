"""WordPress with the companion plugin, as a kind of site."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from broker.adapters.kind import Connection
from broker.adapters.port import Adapter
from broker.adapters.wordpress.client import WordPressAdapter
from broker.adapters.wordpress.scope import check_scope

PAIRING = """\
Paste this line into the site's wp-config.php, above "That's all, stop editing!":

define( 'EMERGENCY_ACCESS_PAIRING', '{text}' );

It holds no secret: only whom the site obeys, by public key. Then install the plugin from
{companion}"""


class WordPressKind:
    title = "WordPress"
    limits: tuple[str, ...] = ()
    secrets: Mapping[str, str] = {}
    options: Mapping[str, str] = {}

    def connect(self, connection: Connection) -> Adapter:
        return WordPressAdapter(connection)

    def check_scope(self, scope: Mapping[str, Any]) -> None:
        check_scope(scope)

    def pairing_words(self, text: str) -> str:
        return PAIRING.format(text=text, companion=companion_path())


def companion_path() -> str:
    """Where the plugin lies in this installation."""
    return str(files("broker.adapters.wordpress") / "companion" / "emergency-access-broker")


KIND = WordPressKind()
