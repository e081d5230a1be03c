"""No text with a null character comes further than here: a database refuses it late, another keeps it for ever."""

from __future__ import annotations

from flask import Flask, abort, request

NULL = "\0"


def refuse_null(app: Flask) -> None:
    """400 for whatever brings one, in the address, its query or a form. Nobody types it by mistake."""

    def look() -> None:
        typed = (text for pair in request.values.items(multi=True) for text in pair)
        if NULL in request.path or any(NULL in text for text in typed):
            abort(400)

    app.before_request(look)
