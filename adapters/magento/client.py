"""The port, spoken to a Magento site through its companion module."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests

from broker.adapters.companion.answers import read_effective
from broker.adapters.companion.call import Caller, Door
from broker.adapters.companion.site import CompanionSite
from broker.adapters.kind import Connection
from broker.adapters.magento.diagnose import diagnose
from broker.adapters.magento.oauth import IntegrationAuth
from broker.adapters.magento.refusals import magento_refusal
from broker.adapters.reach import Resolve, resolve

SPACE = "/V1/emergency-access/"
PREFIX = "/rest"
QUICK = (1.0, 2.0)
"""Somebody waits for the answer, and can do without it."""


class MagentoAdapter(CompanionSite):
    """One Magento site. ``timeout`` is (connect, read) in seconds."""

    def __init__(
        self,
        connection: Connection,
        *,
        session: requests.Session | None = None,
        timeout: tuple[float, float] = (3, 10),
        resolver: Resolve = resolve,
    ) -> None:
        door = Door(
            connection.base_url, SPACE, PREFIX, auth=IntegrationAuth(connection), explain=magento_refusal
        )
        caller = Caller(door, connection, session=session, timeout=timeout, resolver=resolver)
        super().__init__(caller, diagnose)
        self._quick = Caller(door, connection, session=session, timeout=QUICK, resolver=resolver)
        admin = connection.options.get("admin_path", "").strip("/") or "admin"
        self._admin = f"{connection.base_url.rstrip('/')}/{admin}/"

    def effective(self, scope: Mapping[str, Any]) -> tuple[str, ...]:
        return read_effective(self._quick.post("effective", scope=dict(scope)))

    def entrance(self, scope: Mapping[str, Any]) -> str:  # noqa: ARG002 - Magento signs the address of every page but this
        return self._admin
