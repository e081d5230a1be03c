"""The token endpoint."""

from __future__ import annotations

from flask import Blueprint, Response, request

from broker.web.issuing.key_shown import fresh_nonce
from broker.web.issuing.places import TOKEN
from broker.web.issuing.refusals import NONCE_HEADER, answer_as_oauth, only_posted
from broker.web.issuing.server import SERVER

software = Blueprint("tokens", __name__)
answer_as_oauth(software)
only_posted(software, TOKEN)


@software.post(TOKEN)
def issue() -> Response:
    """RFC 6749, 4.1.3 and 4.4.2; RFC 8693, 2.1."""
    answer: Response = SERVER.create_token_response(request)
    if "DPoP" in request.headers:
        answer.headers[NONCE_HEADER] = fresh_nonce()
    return answer
