"""What the pages are given: the wired parts of one broker process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from flask import current_app

from broker.access.equipment import Equipment
from broker.clock import Clock
from broker.credentials.dpop.at_the_door import Door
from broker.credentials.exchange.issuer_keys import IssuerKeys
from broker.credentials.links.link_token import LinkSigner
from broker.credentials.signals.deliver import Desk
from broker.credentials.tokens.access_token import Mint
from broker.feeds.deliver import FeedDesk
from broker.identity.signing_in.sign_in import Lobby
from broker.identity.single_sign_on.single_sign_on import SingleSignOn
from broker.keyring.signing_keys import SigningKeys
from broker.ledger.chain import Ledger
from broker.ledger.checkpoints.keep import CheckpointKeeper
from broker.policy.catalog import Catalog
from broker.review.oddities.kin_marks import KinMarks
from broker.sealing import Seal
from broker.settings import Settings
from broker.store import Store
from broker.vault.shelf import Shelf
from broker.witness.asking.gather import Witnesses
from broker.witness.asking.named import parse_witnesses
from broker.witness.watch import Watch


@dataclass(frozen=True)
class Parts:
    """Built once in ``broker.app``; a view reaches it through :func:`parts`."""

    settings: Settings
    clock: Clock
    store: Store
    ledger: Ledger
    catalog: Catalog
    lobby: Lobby
    equipment: Equipment
    shelf: Shelf
    signing_keys: SigningKeys
    link_secrets: Callable[[], Sequence[bytes]]
    site_seal: Seal
    checkpoints: CheckpointKeeper
    mint: Mint
    dpop_door: Door
    issuer_keys: IssuerKeys
    single_sign_on: SingleSignOn | None = None
    kin_marks: KinMarks | None = None

    @property
    def watch(self) -> Watch:
        """What vouches for the ledger, and bars granting where it does not fit."""
        witnesses = Witnesses(parse_witnesses(self.settings.witnesses), self.settings.heads_path.parent)
        return Watch(self.store, self.ledger, self.checkpoints, witnesses)

    @property
    def link_signer(self) -> LinkSigner:
        """By the keys that count now. Unavailable without them; asked for before a transaction, not inside one."""
        return LinkSigner(self.link_secrets())

    @property
    def signal_desk(self) -> Desk:
        """What other software is told by, when access ends."""
        return Desk(self.store, self.ledger, self.signing_keys, self.site_seal, self.settings.base_url)

    @property
    def feed_desk(self) -> FeedDesk:
        """What feeds of the ledger are told by."""
        return FeedDesk(self.store, self.ledger, self.site_seal, self.settings.base_url)


def parts() -> Parts:
    """The parts behind the request being answered."""
    return cast("Parts", current_app.extensions["broker"])
