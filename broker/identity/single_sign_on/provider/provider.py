"""The provider as this process knows it: what it publishes, and the keys it signs with."""

from __future__ import annotations

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from broker.clock import Clock
from broker.identity.single_sign_on.provider.discovery import Metadata, discovery_address, read_metadata
from broker.identity.single_sign_on.provider.fetch import Fetch, fetcher
from broker.identity.single_sign_on.provider.kept import Kept
from broker.identity.single_sign_on.provider.registration import Registration
from broker.identity.single_sign_on.refused import ProviderSilent


class Provider:
    """Nothing is asked before the first sign-in: a broker starts although its provider is down."""

    def __init__(self, registration: Registration, clock: Clock, fetch: Fetch | None = None) -> None:
        self.registration = registration
        self.fetch = fetch or fetcher(allow_private=registration.private_network)
        self._metadata = Kept(clock, self._fetch_metadata)
        self._keys = Kept(clock, self._fetch_keys)

    def metadata(self) -> Metadata:
        """ProviderSilent when it cannot be had."""
        return self._metadata.get()

    def keys(self, *, again: bool = False) -> KeySet:
        """``again`` after a key that is not among them was named: the provider may have a new one."""
        return self._keys.get(again=again)

    def _fetch_metadata(self) -> Metadata:
        issuer = self.registration.issuer
        found = self.fetch(discovery_address(issuer), "")
        return read_metadata(found, issuer, allow_private=self.registration.private_network)

    def _fetch_keys(self) -> KeySet:
        found = self.fetch(self.metadata().jwks, "")
        try:
            return KeySet.import_key_set(found)  # type: ignore[arg-type]  # whatever it is, it is checked there
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise ProviderSilent("no usable keys") from error
