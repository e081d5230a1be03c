"""Software asks about a token (RFC 7662), or lets go of one (RFC 7009)."""

from __future__ import annotations

from authlib.oauth2.rfc6749 import InvalidRequestError
from flask import Blueprint, Response, jsonify, make_response

from broker.credentials.tokens.introspect import introspect
from broker.credentials.tokens.revoke import revoke_text
from broker.web.frame.limits import INACTIVE_ANSWERS, limits
from broker.web.issuing.client_proof import proved_client
from broker.web.issuing.fields import Fields, posted
from broker.web.issuing.places import INTROSPECT, REVOKE
from broker.web.issuing.refusals import answer_as_oauth, only_posted
from broker.web.parts import parts

software = Blueprint("asked_about", __name__)
answer_as_oauth(software)
only_posted(software, INTROSPECT)
only_posted(software, REVOKE)


@software.post(INTROSPECT)
def look() -> Response:
    fields = posted()
    client = proved_client(fields)
    token = _token(fields)
    with parts().store.read() as reader:
        told = introspect(reader, parts().mint, client, token)
    if not told["active"]:
        # Whoever sends junk to a resource server must not keep the holders of good tokens out of it.
        limits().spend(INACTIVE_ANSWERS, client.id)
    return jsonify(told)


@software.post(REVOKE)
def let_go() -> Response:
    """200 for a token that is gone, was never there, or is somebody else's: the caller cannot use it."""
    fields = posted()
    client = proved_client(fields, public=True)
    token = _token(fields)
    with parts().store.write() as tx:
        revoke_text(tx, parts().mint, client, token)
    return make_response("", 200)


def _token(fields: Fields) -> str:
    # A hint may be wrong or unknown and changes nothing (RFC 7009, 2.1).
    token = fields.text("token")
    if not token:
        raise InvalidRequestError("The field token is missing.")
    return token
