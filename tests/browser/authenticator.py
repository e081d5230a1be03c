"""Chromium's virtual authenticator: a passkey's device that a test holds in its hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import CDPSession, Page


@dataclass
class Authenticator:
    """Of one window. It answers by itself; ``verified`` says whether its owner's finger is on it."""

    cdp: CDPSession
    id: str

    def verify(self, *, verified: bool) -> None:
        self.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": verified})

    @property
    def passkeys(self) -> list[dict[str, Any]]:
        found = self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})
        return list(found["credentials"])

    def take(self, passkey: dict[str, Any]) -> None:
        """A copy of what another device holds."""
        self.cdp.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": passkey})

    def clear(self) -> None:
        self.cdp.send("WebAuthn.clearCredentials", {"authenticatorId": self.id})


def authenticator(page: Page, *, verifies: bool = True) -> Authenticator:
    """Plug one into the window: built in, with a finger print, able to be found without an email."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable", {"enableUI": False})
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": verifies,
        "isUserVerified": verifies,
        "automaticPresenceSimulation": True,
    }
    plugged = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return Authenticator(cdp, plugged["authenticatorId"])
