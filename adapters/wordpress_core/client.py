"""The port, spoken to a WordPress site that carries nothing of ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import requests
from joserfc.jwk import OKPKey

from broker.adapters.jws import DocumentRefused
from broker.adapters.kind import Connection
from broker.adapters.lease import RevocationClaims
from broker.adapters.pairing import Pairing
from broker.adapters.port import EventPage, Health, Observation, Outcome, SignedDocument, check_batch
from broker.adapters.reach import Resolve, resolve
from broker.adapters.verify import verify_containment, verify_lease, verify_revocation
from broker.adapters.wordpress_core.accounts import Accounts
from broker.adapters.wordpress_core.change_roles import RoleChange
from broker.adapters.wordpress_core.contain import Containing
from broker.adapters.wordpress_core.lend import Lending
from broker.adapters.wordpress_core.look import Look
from broker.adapters.wordpress_core.notebook import Notebook
from broker.adapters.wordpress_core.record import Lent
from broker.adapters.wordpress_core.rest import CoreRest
from broker.adapters.wordpress_core.scope import roles_of
from broker.adapters.wordpress_core.take_back import DONE, TakingBack, refused

NO_EVENTS = EventPage((), 0, "0" * 64)


class WordPressCoreAdapter:
    """One site. ``timeout`` is (connect, read) in seconds, of each of the calls that one act takes."""

    def __init__(
        self,
        connection: Connection,
        *,
        session: requests.Session | None = None,
        timeout: tuple[float, float] = (3, 10),
        resolver: Resolve = resolve,
    ) -> None:
        self._connection = connection
        self._rest = CoreRest(connection, session=session, timeout=timeout, resolver=resolver)
        self._accounts = Accounts(self._rest)
        signer = connection.signer
        keys = {signer.kid: OKPKey.import_key(dict(signer.public_jwk))}
        self._pairing = Pairing(connection.site, signer.issuer, keys)

    def apply(self, leases: Sequence[SignedDocument]) -> Mapping[str, Outcome]:
        check_batch(leases)
        book = self._book(must=True)
        book.forget_ended_before(self._wall())
        lending = Lending(self._accounts, book, self._change(book))
        return {document.id: _outcome(partial(self._lend, lending, document)) for document in leases}

    def revoke(self, revocations: Sequence[SignedDocument]) -> Mapping[str, Outcome]:
        """Goes on while the broker's own store cannot be written."""
        check_batch(revocations)
        book = self._book(must=False)
        taking = TakingBack(self._accounts, book, Lending(self._accounts, book, self._change(book)))
        return taking.take_back({each.id: self._read_revocation(each) for each in revocations})

    def contain(self, orders: Sequence[SignedDocument]) -> Mapping[str, Outcome]:
        check_batch(orders)
        book = self._book(must=True)
        containing = Containing(self._accounts, book, self._change(book))
        return {document.id: _outcome(partial(self._obey, containing, document)) for document in orders}

    def protect(self, rule: SignedDocument) -> Outcome:  # noqa: ARG002 - nothing on the site could keep it
        return refused("not_offered")

    def observe(self) -> Observation:
        return self._look().observe()

    def events(self, after: int) -> EventPage:  # noqa: ARG002 - WordPress keeps no account of what was opened
        return NO_EVENTS

    def resume(self) -> None:
        """Nothing to resume: what is lent is remembered by the broker, not by the site."""

    def health(self) -> Health:
        return self._look().health()

    def readiness(self, accounts: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        return self._look().readiness(accounts)

    def effective(self, scope: Mapping[str, Any]) -> tuple[str, ...]:
        """Nothing for a scope that a site of this kind could not enforce: it is refused elsewhere."""
        look = self._look()
        return tuple(word for role in scope.get("roles", ()) for word in look.effective(role))

    def entrance(self, scope: Mapping[str, Any]) -> str:  # noqa: ARG002 - a role is good everywhere
        return self._connection.base_url.rstrip("/") + "/wp-admin/"

    def _lend(self, lending: Lending, document: SignedDocument) -> str:
        claims = verify_lease(document.jws, self._pairing, self._wall())
        expires_at = int(claims.expires_at.timestamp())
        lease = Lent(claims.account, roles_of(claims.scope), claims.version, expires_at)
        return lending.lend(claims.grant, lease)

    def _obey(self, containing: Containing, document: SignedDocument) -> str:
        return containing.obey(verify_containment(document.jws, self._pairing))

    def _read_revocation(self, document: SignedDocument) -> RevocationClaims | str:
        try:
            return verify_revocation(document.jws, self._pairing)
        except DocumentRefused as error:
            return error.reason

    def _book(self, *, must: bool) -> Notebook:
        return Notebook(self._connection.memory, must=must)

    def _look(self) -> Look:
        return Look(self._rest, self._accounts, self._book(must=False))

    def _change(self, book: Notebook) -> RoleChange:
        return RoleChange(self._accounts, book, self._connection.clock)

    def _wall(self) -> datetime:
        return self._connection.clock.wall()


def _outcome(act: Callable[[], str]) -> Outcome:
    try:
        why = act()
    except DocumentRefused as error:
        why = error.reason
    return refused(why) if why else DONE
