"""Which software is calling, proved in exactly one of the ways it may prove it."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import unquote_plus

from authlib.oauth2.rfc6749 import InvalidRequestError
from flask import request

from broker.credentials.clients.assertion import ASSERTION_TYPE, client_asserted
from broker.credentials.clients.register import AuthMethod, Client, find_client
from broker.credentials.clients.secret import secret_is_right
from broker.web.issuing.fields import Fields
from broker.web.issuing.places import token_url
from broker.web.issuing.refusals import ClientRefused
from broker.web.parts import parts


def proved_client(fields: Fields, *, public: bool = False) -> Client:
    """The client, or ClientRefused; ``public`` where one that can prove nothing is let in by its name."""
    shown, asserted = request.headers.get("Authorization"), fields.text("client_assertion")
    if fields.text("client_secret"):
        # In a body it is logged by more things than in a header, and one way is enough.
        raise ClientRefused
    if shown and asserted:
        raise InvalidRequestError("Prove who you are in one way only.")
    if shown:
        found = _by_secret(shown)
    elif asserted:
        found = _by_key(fields, asserted)
    else:
        found = _by_name(fields.text("client_id")) if public else None
    if found is None or fields.text("client_id") not in {"", found.id}:
        raise ClientRefused
    return found


def _by_secret(shown: str) -> Client | None:
    client_id, secret = _basic(shown)
    with parts().store.read() as reader:
        found = find_client(reader, client_id)
        fits = found is not None and found.auth_method is AuthMethod.SECRET and found.disabled_at is None
        return found if fits and secret_is_right(reader, client_id, secret) else None


def _basic(shown: str) -> tuple[str, str]:
    scheme, _, encoded = shown.partition(" ")
    try:
        plain = base64.b64decode(encoded.strip().encode("ascii"), validate=True).decode()
    except (binascii.Error, ValueError):
        return "", ""
    client_id, _, secret = plain.partition(":")
    # Each half is form-encoded before it is put together (RFC 6749, 2.3.1).
    return (unquote_plus(client_id), unquote_plus(secret)) if scheme.lower() == "basic" else ("", "")


def _by_key(fields: Fields, assertion: str) -> Client | None:
    if fields.text("client_assertion_type") != ASSERTION_TYPE:
        return None
    return client_asserted(parts().store, assertion, {parts().mint.issuer, token_url()})


def _by_name(client_id: str) -> Client | None:
    with parts().store.read() as reader:
        found = find_client(reader, client_id)
    return found if found is not None and found.public and found.disabled_at is None else None
