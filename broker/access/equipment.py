"""What every verb of this room works with, wired once in ``broker.app``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from broker.access.late.spool import NoSpool, Spool
from broker.adapters.lease import LeaseSigner
from broker.adapters.port import Adapter, Observation
from broker.identity.factors.refusal import Refusal
from broker.identity.factors.step_up import Action, Proof
from broker.ledger.chain import Ledger
from broker.notes.note_box import NoteBox
from broker.policy.catalog import Catalog
from broker.sites.register import Site
from broker.store import Store, Transaction


@dataclass(frozen=True)
class TypedCode:
    """A one-time or recovery code as it was typed, and the source it came from (see ``Caller.source``).

    ``passkey`` goes before the code where it is not empty: ``begin`` asks for a challenge, anything else
    is the browser's answer to one.
    """

    code: str
    source: str
    passkey: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.code.strip() or self.passkey)


class FactorCheck(Protocol):
    """Uses a typed code, or a passkey's answer, up for one named action; a refusal has been counted in ``tx``."""

    def __call__(
        self, tx: Transaction, person_id: str, typed: TypedCode, action: Action
    ) -> Proof | Refusal: ...


class Notice(Protocol):
    """Told what a site showed when it was asked at ``asked_at`` for another reason; nobody waits for what comes of it."""

    def __call__(self, site_id: str, asked_at: datetime, observed: Observation) -> None: ...


def _nobody(site_id: str, asked_at: datetime, observed: Observation) -> None:
    """Where nothing is reconciled."""


def _granting() -> None:
    """Where nothing bars granting."""


@dataclass(frozen=True)
class Equipment:
    """``may_grant`` raises Unavailable while the ledger contradicts what was signed; ending access never asks it."""

    store: Store
    ledger: Ledger
    catalog: Catalog
    check_factor: FactorCheck
    lease_signer: LeaseSigner
    adapter_for: Callable[[Site], Adapter]
    notes: NoteBox
    notice: Notice = _nobody
    may_grant: Callable[[], None] = _granting
    spool: Spool = NoSpool()  # noqa: RUF009 - it has no state
