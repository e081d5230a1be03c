"""How a connected site is reached: its kind finds the adapter, the store answers what the adapter asks."""

from __future__ import annotations

from collections.abc import Callable

from broker.adapters.kind import Connection, kind_of
from broker.adapters.lease import LeaseSigner
from broker.adapters.port import Adapter
from broker.sealing import Seal
from broker.sites.credentials import options_of, secrets_of
from broker.sites.memory import SiteMemory
from broker.sites.register import Site, newest_version
from broker.store import Store


def connector(store: Store, signer: LeaseSigner, seal: Seal) -> Callable[[Site], Adapter]:
    """Answers the adapter of a site.

    ConfigurationError when nothing here knows its kind, SiteError when its credentials cannot be opened.
    """

    def connect(site: Site) -> Adapter:
        return kind_of(site.kind).connect(connection_to(store, signer, seal, site))

    return connect


def connection_to(store: Store, signer: LeaseSigner, seal: Seal, site: Site) -> Connection:
    """All an adapter is given."""

    def mark() -> int:
        with store.read() as reader:
            return newest_version(reader, site.id)

    with store.read() as reader:
        secrets, options = secrets_of(reader, seal, site.id), options_of(reader, site.id)
    return Connection(
        site=site.id,
        base_url=site.base_url,
        allow_private=site.allow_private,
        signer=signer,
        clock=store.clock,
        mark=mark,
        memory=SiteMemory(store, seal, site.id),
        secrets=secrets,
        options=options,
    )
