"""A broker's keys, its word about each token, and tokens that are live on the machine's own clock."""

from __future__ import annotations

import base64
import itertools
import time
from typing import Any

from tests.vectors.token_signer import Signer, elliptic, okp, rsa_2048
from tests.verify.broker_server import Asked, BrokerServer

AUDIENCE = "https://portal.clinic.example/wp-json/portal"
RSA, OKP, EC = rsa_2048(), okp(bytes(range(32))), elliptic(1234567)
_NUMBERS = itertools.count(1)
_BASIC = "Basic " + base64.b64encode(b"client_ehr:a-secret").decode()


class Publisher:
    """A broker's keys, and its word about each token."""

    def __init__(self, server: BrokerServer) -> None:
        self.server = server
        self.live: dict[str, dict[str, Any]] = {}
        server.answer = self._answer

    def _answer(self, asked: Asked) -> tuple[int, dict[str, str], bytes]:
        self.server.says({"active": False})
        if asked.path == "/oauth/jwks":
            self.server.says({"keys": [each.published for each in (RSA, OKP, EC)]})
        elif asked.path == "/oauth/introspect" and asked.headers.get("Authorization") == _BASIC:
            self.server.says(self.live.get(asked.form["token"][0], {"active": False}))
        else:
            self.server.says({}, 401)
        answer, self.server.answer = self.server.answer(asked), self._answer
        return answer

    def token(self, by: Signer = EC, **changed: Any) -> str:
        now = int(time.time())
        details = {
            "type": "emergency_access",
            "identifier": "grant_0001",
            "locations": [AUDIENCE],
            "datatypes": ["medication"],
            "actions": ["read"],
            "patient": "P-1001",
            "purpose_of_use": "ETREAT",
        }
        claims = {
            "iss": self.server.address,
            "aud": AUDIENCE,
            "sub": "person_0001",
            "client_id": "client_0001",
            "jti": f"token_{next(_NUMBERS)}",
            "iat": now,
            "exp": now + 120,
            "authorization_details": [details],
            **changed,
        }
        text = by.sign({"alg": by.alg, "kid": by.kid, "typ": "at+jwt"}, claims)
        self.live[text] = {"active": True, **claims}
        return text
