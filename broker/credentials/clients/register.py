"""Which software the broker knows, and what each piece of it may do here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from broker.clock import new_id
from broker.credentials.clients.tables import clients
from broker.errors import Invalid, NotFound
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Reader, Transaction


class AuthMethod(StrEnum):
    """How software proves who it is at the token endpoint, by the names of RFC 8414."""

    NONE = "none"
    SECRET = "client_secret_basic"  # noqa: S105 - the name of a method
    KEY = "private_key_jwt"


class GrantType(StrEnum):
    """What software may hand in for a token, by the names of the standards."""

    CODE = "authorization_code"
    CLIENT = "client_credentials"
    EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"


@dataclass(frozen=True)
class NewClient:
    """A piece of software as it is registered: see ``Client``."""

    name: str
    auth_method: AuthMethod
    redirect_uris: tuple[str, ...] = ()
    grant_types: frozenset[GrantType] = frozenset()
    scopes: frozenset[str] = frozenset()
    audience: str | None = None
    dpop_required: bool = False
    jwks: Mapping[str, Any] | None = None

    @property
    def public(self) -> bool:
        """Whether it can prove nothing about itself, like an app on a phone."""
        return self.auth_method is AuthMethod.NONE


@dataclass(frozen=True, kw_only=True)
class Client(NewClient):
    """A piece of software. One with an ``audience`` is a resource server: it may ask about tokens for that
    audience, and only those. ``jwks`` holds the public keys of one that proves itself by ``private_key_jwt``.
    """

    id: str
    added_at: datetime
    disabled_at: datetime | None = None


_BY_ID = select(clients).where(clients.c.id == bindparam("client"))


def register_client(tx: Transaction, ledger: Ledger, new: NewClient, *, actor: str) -> Client:
    """Register what :func:`~broker.credentials.clients.fitness.checked` found fit."""
    client_id = new_id("client")
    values = {
        "id": client_id,
        "name": new.name,
        "auth_method": new.auth_method.value,
        "redirect_uris": list(new.redirect_uris),
        "grant_types": sorted(new.grant_types),
        "scopes": sorted(new.scopes),
        "audience": new.audience,
        "dpop_required": new.dpop_required,
        "jwks": new.jwks,
        "added_at": tx.at,
    }
    tx.execute(clients.insert().values(**values))
    told = {name: values[name] for name in ("auth_method", "grant_types", "scopes", "audience")}
    ledger.append(tx, Entry("client.added", actor, facts={"client": client_id, **told}))
    return get_client(tx, client_id)


def find_client(reader: Reader, client_id: str) -> Client | None:
    """The client, the disabled among them; None when there is none, whatever text was sent for its id."""
    if not (client_id.isascii() and client_id.isprintable()):
        return None  # some databases break on what they cannot store
    row = reader.one_or_none(_BY_ID, {"client": client_id})
    return None if row is None else _client(row)


def get_client(reader: Reader, client_id: str) -> Client:
    """The client, the disabled among them, or NotFound."""
    found = find_client(reader, client_id)
    if found is None:
        raise NotFound("No client has that id.", help="List them with: broker client list")
    return found


def list_clients(reader: Reader) -> list[Client]:
    return [_client(row) for row in reader.all(select(clients).order_by(clients.c.added_at, clients.c.id))]


def disable_client(tx: Transaction, ledger: Ledger, client_id: str, *, actor: str) -> None:
    """Let it do nothing any more; every token it holds is dead from this commit on. Doing it again changes nothing."""
    enabled = (clients.c.id == get_client(tx, client_id).id) & clients.c.disabled_at.is_(None)
    if tx.execute(update(clients).where(enabled).values(disabled_at=tx.at)).rowcount:
        ledger.append(tx, Entry("client.disabled", actor, facts={"client": client_id}))


def enable_client(tx: Transaction, ledger: Ledger, client_id: str, *, actor: str) -> None:
    disabled = (clients.c.id == get_client(tx, client_id).id) & clients.c.disabled_at.is_not(None)
    if tx.execute(update(clients).where(disabled).values(disabled_at=None)).rowcount:
        ledger.append(tx, Entry("client.enabled", actor, facts={"client": client_id}))


def set_keys(
    tx: Transaction, ledger: Ledger, client_id: str, jwks: Mapping[str, Any], *, actor: str
) -> Client:
    """Take checked public keys in place of the earlier ones. Invalid for a client that does not sign."""
    if get_client(tx, client_id).auth_method is not AuthMethod.KEY:
        raise Invalid(
            "This client does not sign.", help="It proves itself in the way it was registered with."
        )
    tx.execute(update(clients).where(clients.c.id == client_id).values(jwks=jwks))
    kids = sorted(str(key["kid"]) for key in jwks["keys"])
    ledger.append(tx, Entry("client.keys_set", actor, facts={"client": client_id, "keys": kids}))
    return get_client(tx, client_id)


def _client(row: Row[Any]) -> Client:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns
    values["auth_method"] = AuthMethod(row.auth_method)
    values["redirect_uris"] = tuple(row.redirect_uris)
    values["grant_types"] = frozenset(map(GrantType, row.grant_types))
    values["scopes"] = frozenset(row.scopes)
    return Client(**values)
