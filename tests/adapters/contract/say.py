"""Short words for what the tests of the contract do again and again."""

from __future__ import annotations

from broker.adapters.port import Answer, Outcome, SignedDocument
from tests.adapters.contract.specimen import Specimen

DONE = Outcome(Answer.DONE)


def refused(reason: str) -> Outcome:
    return Outcome(Answer.REFUSED, reason)


def apply(specimen: Specimen, lease: SignedDocument) -> Outcome:
    return specimen.adapter.apply([lease])[lease.id]


def revoke(specimen: Specimen, revocation: SignedDocument) -> Outcome:
    return specimen.adapter.revoke([revocation])[revocation.id]


def contain(specimen: Specimen, order: SignedDocument) -> Outcome:
    return specimen.adapter.contain([order])[order.id]


def active(specimen: Specimen) -> set[str]:
    return set(specimen.adapter.observe().active)
