"""What software sent, as the OAuth library reads it: each field once, from the one place where it belongs."""

from __future__ import annotations

from collections.abc import Iterable

from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Request
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from flask import request

FORM = "application/x-www-form-urlencoded"
LONGEST_FIELD = 20_000


class Fields(OAuth2Request):  # type: ignore[misc]  # the library is untyped
    """The library's own request reads form and address as one, so that a secret in an address would do."""

    def __init__(self, fields: dict[str, str]) -> None:
        # Whether TLS ends at a proxy in front only the operator knows; the library would refuse every plain request.
        super().__init__(request.method, "https://broker.invalid/", headers=request.headers)
        self.uri = request.url
        self.payload = BasicOAuth2Payload(fields)

    @property
    def form(self) -> dict[str, str]:
        return dict(self.payload.data)

    def text(self, name: str) -> str:
        """A field, empty when it was not sent."""
        return str(self.payload.data.get(name, ""))


def posted() -> Fields:
    """The fields of a form. Raises InvalidRequestError."""
    if request.mimetype != FORM:
        raise InvalidRequestError(f"Send a form: Content-Type {FORM}.")
    if request.args:
        raise InvalidRequestError("Send nothing in the address.")
    return Fields(_each_once(request.form.items(multi=True)))


def in_address() -> Fields:
    """The fields of an address. Raises InvalidRequestError."""
    return Fields(_each_once(request.args.items(multi=True)))


def _each_once(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """RFC 6749, 3.1 and 3.2: no field twice, and one without a value was not sent."""
    fields: dict[str, str] = {}
    for name, value in pairs:
        if name in fields:
            raise InvalidRequestError("A field was sent twice.")
        if len(value) > LONGEST_FIELD:
            raise InvalidRequestError("A field is too long.")
        fields[name] = value
    return {name: value for name, value in fields.items() if value}
