"""What was typed into a form survives a session that ended: sealed in a cookie until the form is open again."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken
from flask import Response, after_this_request, current_app, request, session

from broker.web.frame.cookies import drop, named, put
from broker.web.parts import parts

COOKIE = "typed"
# Who signed in last with this browser, in the cookie that signs forms: kept when the session ends by itself.
PERSON = "person"
KEPT_SECONDS = 15 * 60
# A browser keeps 4096 bytes of a cookie, and sealing makes four bytes of three.
MOST_BYTES = 2_700
# Secrets are typed again; everything else is not.
_NEVER_KEPT = {"csrf_token", "password", "new_password", "code", "recovery_code", "passkey", "made"}


def keep_typed(response: Response, path: str, typed: Mapping[str, str]) -> bool:
    """Put what was typed, for the form at ``path``, on the answer; false when nothing was kept.

    Nothing is kept of somebody unknown, or of more than a cookie holds.
    """
    kept = {name: text for name, text in typed.items() if text and name not in _NEVER_KEPT}
    whole = [session.get(PERSON), path, kept]
    plain = json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    if not kept or PERSON not in session or len(plain) > MOST_BYTES:
        return False
    sealed = _cipher().encrypt_at_time(plain, _now())
    put(response, COOKIE, sealed.decode(), seconds=KEPT_SECONDS)
    return True


def typed_before() -> dict[str, str]:
    """What the same person typed into the form at this path before, once; empty when there is nothing.

    A view that shows a form fills it with this: ``values=typed_before()``.
    """
    sealed = request.cookies.get(named(COOKIE), "")
    try:
        person, path, kept = json.loads(_cipher().decrypt_at_time(sealed.encode(), KEPT_SECONDS, _now()))
    except (InvalidToken, ValueError):
        return {}
    # The next person at a ward PC does not get to see it.
    if path != request.path or person != session.get(PERSON):
        return {}
    after_this_request(forget_typed)
    return dict(kept)


def forget_typed(response: Response) -> Response:
    drop(response, COOKIE)
    return response


def _cipher() -> Fernet:
    key = bytes(current_app.config["SECRET_KEY"])
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"typed\0" + key).digest()))


def _now() -> int:
    return int(parts().clock.now().timestamp())
