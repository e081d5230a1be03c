"""A client of ours, as the OAuth library asks about one."""

from __future__ import annotations

from dataclasses import dataclass

from authlib.oauth2.rfc6749 import ClientMixin

from broker.credentials.clients.register import Client, GrantType


@dataclass(frozen=True)
class KnownClient(ClientMixin):  # type: ignore[misc]  # the library is untyped
    client: Client

    def get_client_id(self) -> str:
        return self.client.id

    def get_default_redirect_uri(self) -> None:
        """None: software says where its answer goes, so that nobody else's guess decides."""

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.client.redirect_uris

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code" and GrantType.CODE in self.client.grant_types

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """All that is asked for, or None: the library would give the rest without a word."""
        asked = frozenset((scope or "").split(" ")) - {""}
        return " ".join(sorted(asked)) if asked <= self.client.scopes else None
