"""WordPress where nothing may be installed, as a kind of site."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from broker.adapters.kind import Connection
from broker.adapters.port import Adapter
from broker.adapters.wordpress_core.client import WordPressCoreAdapter
from broker.adapters.wordpress_core.scope import roles_of

STEPS = """\
Nothing is installed on this site, so there is no pairing. Instead:
1. On the site, make an account for the broker alone, with the role Administrator and no mailbox anybody reads.
2. In its profile, under Application Passwords, make one called "Emergency access broker" and note it."""


class WordPressCoreKind:
    title = "WordPress without a companion"
    limits: tuple[str, ...] = (
        "no dead-man: if the broker dies, the role stays until it is back",
        "no scope: the whole role, all patients",
        "no trace: the site does not tell what was opened",
    )
    secrets: Mapping[str, str] = {
        "user": "The login of the broker's own account on the site",
        "application_password": "The application password made for it there",
    }
    options: Mapping[str, str] = {}

    def connect(self, connection: Connection) -> Adapter:
        return WordPressCoreAdapter(connection)

    def check_scope(self, scope: Mapping[str, Any]) -> None:
        roles_of(scope)

    def pairing_words(self, text: str) -> str:  # noqa: ARG002 - the site keeps no key
        return STEPS


KIND = WordPressCoreKind()
