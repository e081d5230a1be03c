"""What a browser keeps of a sign-in at the provider until it is back: sealed, for ten minutes, for one use."""

from __future__ import annotations

import base64
import hashlib
import json

from cryptography.fernet import Fernet, InvalidToken
from flask import Response, current_app, request

from broker.identity.single_sign_on.coming_in.attempt import LIMIT, Attempt
from broker.web.frame.cookies import drop, named, put
from broker.web.parts import parts

COOKIE = "sso"
_SECONDS = int(LIMIT.total_seconds())


def keep_attempt(response: Response, attempt: Attempt) -> None:
    """One at a time: whoever begins again has left the earlier one."""
    plain = json.dumps([attempt.state, attempt.nonce, attempt.verifier, attempt.wanted])
    sealed = _cipher().encrypt_at_time(plain.encode(), _now())
    put(response, COOKIE, sealed.decode(), seconds=_SECONDS)


def kept_attempt() -> Attempt | None:
    sealed = request.cookies.get(named(COOKIE), "")
    try:
        state, nonce, verifier, wanted = json.loads(
            _cipher().decrypt_at_time(sealed.encode(), _SECONDS, _now())
        )
    except (InvalidToken, ValueError):
        return None
    return Attempt(state, nonce, verifier, wanted)


def forget_attempt(response: Response) -> Response:
    drop(response, COOKIE)
    return response


def _cipher() -> Fernet:
    key = bytes(current_app.config["SECRET_KEY"])
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"sso\0" + key).digest()))


def _now() -> int:
    return int(parts().clock.now().timestamp())
