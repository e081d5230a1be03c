"""A key that is made at the start and ends with the process, until the ring in the database takes its place."""

from __future__ import annotations

from joserfc.jwk import ECKey, Key, KeySet


class KeyOfThisProcess:
    def __init__(self) -> None:
        made = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, private=True)
        self._key = ECKey.import_key({**made.as_dict(private=True), "kid": made.thumbprint()})

    def current(self) -> Key:
        return self._key

    def published(self) -> KeySet:
        return KeySet([ECKey.import_key(self._key.as_dict(private=False))])
