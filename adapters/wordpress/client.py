"""The port, spoken to a WordPress site through its companion plugin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import requests

from broker.adapters.companion.call import Caller, Door
from broker.adapters.companion.site import CompanionSite
from broker.adapters.kind import Connection
from broker.adapters.reach import Resolve, resolve
from broker.adapters.wordpress.diagnose import diagnose

SPACE = "/emergency-access/v1/"


class WordPressAdapter(CompanionSite):
    """One WordPress site. ``timeout`` is (connect, read) in seconds."""

    def __init__(
        self,
        connection: Connection,
        *,
        session: requests.Session | None = None,
        timeout: tuple[float, float] = (3, 5),
        resolver: Resolve = resolve,
    ) -> None:
        caller = Caller(
            Door(connection.base_url, SPACE, by_query=True),
            connection,
            session=session,
            timeout=timeout,
            resolver=resolver,
        )
        super().__init__(caller, diagnose)
        self._admin = connection.base_url.rstrip("/") + "/wp-admin/"

    def entrance(self, scope: Mapping[str, Any]) -> str:
        """The list of what the scope opens. WordPress asks for the sign-in first and then goes on to it."""
        if "posts" in scope:
            # The companion's own view, also for people who may list the type anyway.
            of_type = {"post_type": scope["posts"]["post_type"], "emergency_access": 1}
            return self._admin + "edit.php?" + urlencode(of_type)
        if "orders" in scope:
            return self._admin + "admin.php?page=emergency-access-orders"
        return self._admin

    def effective(self, scope: Mapping[str, Any]) -> tuple[str, ...]:
        """What the lease opens is exactly what it says: the companion lends nothing beside it."""
        return tuple(effective_words(scope))


def effective_words(scope: Mapping[str, Any]) -> list[str]:
    posts, orders = scope.get("posts", {}), scope.get("orders", {})
    words = [f"{verb} {posts['post_type']}" for verb in posts.get("capabilities", ())]
    words += [
        f"{verb} orders" if verb == "read" else "add order notes" for verb in orders.get("capabilities", ())
    ]
    return words + list(scope.get("primitives", ()))
