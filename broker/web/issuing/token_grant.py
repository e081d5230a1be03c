"""What every way to a token has in common."""

from __future__ import annotations

from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError, InvalidScopeError, UnauthorizedClientError
from authlib.oauth2.rfc6749.grants import BaseGrant, TokenEndpointMixin
from flask import request

from broker.credentials.clients.register import Client, GrantType
from broker.web.frame.limits import TOKENS, limits
from broker.web.issuing.client_proof import proved_client
from broker.web.issuing.fields import Fields
from broker.web.issuing.places import own_api

Answer = tuple[int, dict[str, Any], list[tuple[str, str]]]


class TokenGrant(BaseGrant, TokenEndpointMixin):  # type: ignore[misc]  # the library is untyped
    """One verb answers: the library's own steps look a code up, issue and forget it in three, and two may pass at once."""

    kind: GrantType
    public = False
    request: Fields

    def validate_token_request(self) -> None:
        client = proved_client(self.request, public=self.public)
        if self.kind not in client.grant_types:
            raise UnauthorizedClientError("This client may not ask for tokens in this way.")
        # A client that proves nothing can be named by anybody: it is counted for each address by itself.
        limits().spend(TOKENS, f"{client.id} {request.remote_addr}" if client.public else client.id)
        self.request.client = client

    def create_token_response(self) -> Answer:
        return 200, self.answer(self.request.client), list(self.TOKEN_RESPONSE_HEADER)

    def answer(self, client: Client) -> dict[str, Any]:
        """The token endpoint's answer. Raises OAuth2Error and errors of ours."""
        raise NotImplementedError

    def needed(self, name: str) -> str:
        value = self.request.text(name)
        if not value:
            raise InvalidRequestError(f"The field {name} is missing.")
        return value

    def scopes_for(self, client: Client) -> frozenset[str]:
        """What is asked for, all of it allowed; everything the client may have where nothing is said."""
        asked = frozenset(self.request.text("scope").split(" ")) - {""}
        if not asked <= client.scopes or not (asked or client.scopes):
            raise InvalidScopeError
        return asked or client.scopes

    def only_own_api(self) -> None:
        if self.request.text("resource") not in {"", own_api()}:
            raise OAuth2Error(
                error="invalid_target", description="These tokens are for the broker's own API."
            )
