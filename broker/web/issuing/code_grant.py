"""What a signed-in person allowed: asked for at the authorization endpoint, exchanged at the token endpoint."""

from __future__ import annotations

import re
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationEndpointMixin
from authlib.oauth2.rfc6749.grants.authorization_code import validate_code_authorization_request

from broker.credentials.authorizing.code import hand_out
from broker.credentials.authorizing.redeem import Shown, redeem
from broker.credentials.authorizing.wanted import Wanted, read_wanted
from broker.credentials.clients.register import Client, GrantType
from broker.errors import BrokerError
from broker.web.issuing.going_back import with_answer
from broker.web.issuing.key_shown import key_shown
from broker.web.issuing.places import own_api
from broker.web.issuing.refusals import as_oauth
from broker.web.issuing.token_answer import token_answer
from broker.web.issuing.token_grant import TokenGrant
from broker.web.parts import parts

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class CodeGrant(TokenGrant, AuthorizationEndpointMixin):  # type: ignore[misc]  # the library is untyped
    GRANT_TYPE = GrantType.CODE.value
    RESPONSE_TYPES = frozenset({"code"})
    kind = GrantType.CODE
    public = True

    def answer(self, client: Client) -> dict[str, Any]:
        code, redirect_uri = self.needed("code"), self.needed("redirect_uri")
        verifier = self.needed("code_verifier")
        if not _VERIFIER.fullmatch(verifier):
            raise InvalidRequestError("The code_verifier is not one.")
        shown = Shown(code, redirect_uri, verifier, key_shown(client))
        return token_answer(redeem(parts().store, parts().mint, client, shown, own_api()))

    def validate_authorization_request(self) -> str:
        """Where the answer goes. What is wrong after that is known goes there as well."""
        redirect_uri: str = validate_code_authorization_request(self)
        try:
            self._check_challenge()
            self.wanted()
        except OAuth2Error as error:
            error.redirect_uri = redirect_uri
            raise
        return redirect_uri

    def wanted(self) -> Wanted | None:
        """Which access is meant; None where scopes of the API are asked for instead."""
        details, resource = self.request.text("authorization_details"), self.request.text("resource")
        if not self.request.text("scope"):
            try:
                return read_wanted(details, resource=resource, in_address=True)
            except BrokerError as error:
                raise as_oauth(error) from error
        if details:
            raise InvalidRequestError("Ask for one access, or for scopes of the broker's own API.")
        self.only_own_api()
        return None

    def create_authorization_response(
        self, redirect_uri: str, allowed: Any
    ) -> tuple[int, str, list[tuple[str, str]]]:
        with parts().store.write() as tx:
            code = hand_out(tx, parts().ledger, allowed)
        return 303, "", [("Location", with_answer(redirect_uri, self.request.text("state"), code=code))]

    def _check_challenge(self) -> None:
        # The library takes a request without a challenge, and one whose challenge is the verifier itself.
        if self.request.text("code_challenge_method") != "S256":
            raise InvalidRequestError("Send a code_challenge with the code_challenge_method S256.")
        if not _CHALLENGE.fullmatch(self.request.text("code_challenge")):
            raise InvalidRequestError("The code_challenge is not one.")
        if self.request.text("dpop_jkt") and not _CHALLENGE.fullmatch(self.request.text("dpop_jkt")):
            raise InvalidRequestError("The dpop_jkt is not one.")
