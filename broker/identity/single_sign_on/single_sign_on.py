"""From what came back to the broker until somebody is in."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from threading import BoundedSemaphore

from broker.identity.caller import Caller
from broker.identity.signing_in.sign_in import Lobby
from broker.identity.single_sign_on.coming_in.admit import Admitted, admit
from broker.identity.single_sign_on.coming_in.assurance import check_assurance
from broker.identity.single_sign_on.coming_in.attempt import Attempt, new_attempt, way_to_provider
from broker.identity.single_sign_on.coming_in.id_token import check_id_token
from broker.identity.single_sign_on.coming_in.more_claims import complete
from broker.identity.single_sign_on.coming_in.redeem import redeem
from broker.identity.single_sign_on.provider.provider import Provider
from broker.identity.single_sign_on.refused import ProviderSilent, SignOnRefused, Why
from broker.identity.single_sign_on.rules import Rules

# What a provider answers when it cannot sign somebody in as strongly as was asked for.
_UNMET = {"unmet_authentication_requirements", "insufficient_user_authentication"}


@dataclass(frozen=True)
class SingleSignOn:
    """One provider and what policy says about it. ``name`` is how people call it.

    ``places``: how many may be on their way back at once. Each holds a thread while the provider is asked; a
    slow one, or somebody who makes up ways back, must leave threads for ending access.
    """

    provider: Provider
    rules: Rules
    name: str
    places: BoundedSemaphore

    def begin(self, wanted: str) -> tuple[str, Attempt]:
        """Where to send the browser, and what it has to keep until it is back. ProviderSilent."""
        attempt = new_attempt(wanted)
        return way_to_provider(self.provider, self.rules, attempt), attempt

    def finish(
        self,
        lobby: Lobby,
        caller: Caller,
        attempt: Attempt,
        answer: Mapping[str, str],
        *,
        may_elevate: bool = True,
    ) -> Admitted:
        """``answer`` is the query the browser came back with. SignOnRefused or ProviderSilent.

        ``may_elevate=False`` leaves the session as it is after a password, whatever the provider proved.
        """
        code = self._code(attempt, answer)
        if not self.places.acquire(blocking=False):
            raise ProviderSilent("too many at once")
        try:
            return self._come_in(lobby, caller, attempt, code, may_elevate=may_elevate)
        finally:
            self.places.release()

    def _come_in(
        self, lobby: Lobby, caller: Caller, attempt: Attempt, code: str, *, may_elevate: bool
    ) -> Admitted:
        redeemed = redeem(self.provider, attempt, code)
        now = lobby.store.clock.now()
        vouched = check_id_token(self.provider, redeemed, attempt, now)
        check_assurance(vouched, self.rules, now)
        whole = complete(self.provider, vouched, redeemed.access_token, self.rules)
        return admit(lobby, self.rules, caller, whole, redeemed.id_token, may_elevate=may_elevate)

    def _code(self, attempt: Attempt, answer: Mapping[str, str]) -> str:
        if not hmac.compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
            raise SignOnRefused(Why.STALE)
        # An answer of another provider's must not be taken for this one's (RFC 9207).
        issuer = self.provider.registration.issuer
        named = answer.get("iss")
        if named != issuer and (named is not None or self.provider.metadata().answers_with_issuer):
            raise SignOnRefused(Why.FORGED, "answered by another issuer")
        if answer.get("error"):
            raise SignOnRefused(Why.WEAK if answer["error"] in _UNMET else Why.DECLINED)
        if not answer.get("code"):
            raise SignOnRefused(Why.FORGED, "no code")
        return answer["code"]
