"""Names and flags of the cookies this product sets."""

from __future__ import annotations

from flask import Response

from broker.web.parts import parts

PREFIX = "__Host-"


def cookie_name(name: str, *, over_tls: bool) -> str:
    """Over TLS the prefix makes a browser refuse the cookie from a neighbour domain or a plain connection."""
    return f"{PREFIX}{name}" if over_tls else name


def named(name: str) -> str:
    return cookie_name(name, over_tls=parts().settings.served_over_tls)


def put(response: Response, name: str, value: str, *, seconds: int | None = None) -> None:
    """A cookie no script reads. Lax, because people arrive by a mailed link and must still be signed in."""
    response.set_cookie(
        named(name),
        value,
        max_age=seconds,
        path="/",
        secure=parts().settings.served_over_tls,
        httponly=True,
        samesite="Lax",
    )


def drop(response: Response, name: str) -> None:
    response.delete_cookie(
        named(name), path="/", secure=parts().settings.served_over_tls, httponly=True, samesite="Lax"
    )
