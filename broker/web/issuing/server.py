"""The OAuth library's authorization server, told who our clients are and which ways to a token there are."""

from __future__ import annotations

import json
from typing import Any

from authlib.oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import InvalidRequestError
from flask import Request, Response, make_response

from broker.credentials.clients.register import find_client
from broker.web.issuing.client_grant import ClientGrant
from broker.web.issuing.code_grant import CodeGrant
from broker.web.issuing.exchange_grant import ExchangeGrant
from broker.web.issuing.fields import Fields, in_address, posted
from broker.web.issuing.known_client import KnownClient
from broker.web.issuing.places import AUTHORIZE
from broker.web.issuing.token_grant import TokenGrant
from broker.web.parts import parts


class Server(AuthorizationServer):  # type: ignore[misc]  # the library is untyped
    """Holds no state: a request's parts are reached through :func:`broker.web.parts.parts`."""

    def query_client(self, client_id: str) -> KnownClient | None:
        with parts().store.read() as reader:
            found = find_client(reader, client_id)
        return None if found is None or found.disabled_at is not None else KnownClient(found)

    def create_oauth2_request(self, request: Request) -> Fields:
        return in_address() if request.path == AUTHORIZE else posted()

    def get_token_grant(self, request: Fields) -> TokenGrant:
        if not request.text("grant_type"):
            raise InvalidRequestError("The field grant_type is missing.")
        grant: TokenGrant = super().get_token_grant(request)
        return grant

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Response:
        text = json.dumps(body) if isinstance(body, dict) else str(body)
        return make_response(text, status, headers)

    def handle_error_response(self, request: Fields, error: Exception) -> Response:  # noqa: ARG002 - the library's shape
        # One place answers every error, those of ours among them.
        raise error

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens: the ledger is told where things happen."""


def make_server() -> Server:
    server = Server()
    for way in (CodeGrant, ClientGrant, ExchangeGrant):
        server.register_grant(way)
    return server


SERVER = make_server()
