"""The port, spoken to a WordPress site through its companion plugin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import requests

from broker.adapters.lease import LeaseSigner
from broker.adapters.port import BATCH_LIMIT, Health, Observation, Outcome, SignedDocument
from broker.adapters.reach import Resolve, resolve
from broker.adapters.wordpress.answers import read_health, read_observation, read_outcomes
from broker.adapters.wordpress.call import Caller
from broker.adapters.wordpress.diagnose import diagnose
from broker.clock import Clock


class WordPressAdapter:
    """One WordPress site.

    ``base_url`` is the site's address as WordPress shows it, ``site`` its id in
    the pairing, ``timeout`` (connect, read) in seconds. ``allow_private`` lets a
    demo or a clinic's own network be reached, over plain http too.
    """

    def __init__(
        self,
        base_url: str,
        site: str,
        signer: LeaseSigner,
        clock: Clock,
        session: requests.Session | None = None,
        timeout: tuple[float, float] = (3, 5),
        *,
        allow_private: bool = False,
        resolver: Resolve = resolve,
    ) -> None:
        self._admin = base_url.rstrip("/") + "/wp-admin/"
        self._caller = Caller(
            base_url,
            site,
            signer,
            clock,
            session=session,
            timeout=timeout,
            allow_private=allow_private,
            resolver=resolver,
        )

    def apply(self, leases: Sequence[SignedDocument]) -> Mapping[str, Outcome]:
        return self._send("apply", leases)

    def revoke(self, revocations: Sequence[SignedDocument]) -> Mapping[str, Outcome]:
        return self._send("revoke", revocations)

    def observe(self) -> Observation:
        return read_observation(self._caller.post("observe"))

    def health(self) -> Health:
        return diagnose(read_health(self._caller.post("health")))

    def entrance(self, scope: Mapping[str, Any]) -> str:
        """The list of the patient's posts. WordPress asks for the sign-in first and then goes on to it."""
        if "post_type" not in scope:
            return self._admin
        # The companion's own view, also for people who may list the type anyway.
        return self._admin + "edit.php?" + urlencode({"post_type": scope["post_type"], "emergency_access": 1})

    def _send(self, verb: str, documents: Sequence[SignedDocument]) -> Mapping[str, Outcome]:
        """Raises ValueError on more than BATCH_LIMIT documents or two for one grant."""
        grants = [document.grant for document in documents]
        if len(grants) > BATCH_LIMIT or len(set(grants)) < len(grants):
            raise ValueError(f"a batch holds at most {BATCH_LIMIT} documents, each of another grant")
        if not documents:
            return {}
        answer = self._caller.post(verb, [document.jws for document in documents])
        return read_outcomes(answer, grants)
