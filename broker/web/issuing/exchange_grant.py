"""Another system's word for who a person is, handed in for a token (RFC 8693)."""

from __future__ import annotations

from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError

from broker.credentials.authorizing.wanted import Wanted, read_wanted
from broker.credentials.clients.register import Client, GrantType
from broker.credentials.exchange.exchange import Asked, Counter, exchange
from broker.web.issuing.key_shown import key_shown
from broker.web.issuing.places import own_api
from broker.web.issuing.token_answer import ACCESS_TOKEN, token_answer
from broker.web.issuing.token_grant import TokenGrant
from broker.web.parts import parts

SUBJECT_TYPES = frozenset(
    {"urn:ietf:params:oauth:token-type:id_token", "urn:ietf:params:oauth:token-type:jwt"}
)


class ExchangeGrant(TokenGrant):
    GRANT_TYPE = GrantType.EXCHANGE.value
    kind = GrantType.EXCHANGE

    def answer(self, client: Client) -> dict[str, Any]:
        subject_token = self.needed("subject_token")
        if self.needed("subject_token_type") not in SUBJECT_TYPES:
            raise InvalidRequestError("The subject token must be an id_token or a jwt.")
        if self.request.text("actor_token") or self.request.text("actor_token_type"):
            raise InvalidRequestError("The client itself is the actor.")
        if self.request.text("requested_token_type") not in {"", ACCESS_TOKEN}:
            raise InvalidRequestError("The only tokens issued here are access tokens.")
        scopes, wanted = self._wanted(client)
        asked = Asked(subject_token, wanted, scopes, key_shown(client))
        return token_answer(exchange(_counter(), client, asked), issued_token_type=ACCESS_TOKEN)

    def _wanted(self, client: Client) -> tuple[frozenset[str], Wanted]:
        details, place = self.request.text("authorization_details"), self._place()
        if place != own_api() and not self.request.text("scope"):
            return frozenset(), read_wanted(details, resource=place)
        if details or place not in {"", own_api()}:
            raise InvalidRequestError("Ask for one access, or for scopes of the broker's own API.")
        return self.scopes_for(client), Wanted()

    def _place(self) -> str:
        """Whom the token is to be good at; ``audience`` is RFC 8693's own name for RFC 8707's ``resource``."""
        resource, audience = self.request.text("resource"), self.request.text("audience")
        if resource and audience and resource != audience:
            raise OAuth2Error(error="invalid_target", description="A token is good at one place.")
        return resource or audience


def _counter() -> Counter:
    own = parts()
    return Counter(own.store, own.mint, own.issuer_keys, own_api())
