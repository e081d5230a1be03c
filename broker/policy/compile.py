"""Turns checked documents into a catalog."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import TypeVar

from broker.policy import document as written
from broker.policy.catalog import (
    Approvals,
    BreakGlass,
    Catalog,
    Durations,
    Entitlement,
    Extension,
    SiteRole,
)
from broker.policy.digest import digest_of

T = TypeVar("T")


def compile_catalog(documents: Sequence[written.Document]) -> Catalog:
    """The catalog of documents that load.py found free of faults."""
    entries = _merged(documents, lambda document: document.entitlements)
    entitlements = {id_: _entitlement(id_, entry) for id_, entry in entries.items()}
    words = {
        "reasons": _merged(documents, lambda document: document.reasons),
        "purposes": _merged(documents, lambda document: document.purposes),
        "roles": _merged(documents, lambda document: document.roles),
        "compartments": _merged(documents, lambda document: document.compartments),
    }
    return Catalog(
        entitlements=MappingProxyType(entitlements),
        digest=digest_of({"entitlements": entitlements, **words}),
        **{section: MappingProxyType(codes) for section, codes in words.items()},
    )


def _merged(
    documents: Sequence[written.Document], part: Callable[[written.Document], dict[str, T]]
) -> dict[str, T]:
    return {name: value for document in documents for name, value in part(document).items()}


def _entitlement(id_: str, entry: written.EntitlementEntry) -> Entitlement:
    return Entitlement(
        id=id_,
        title=entry.title,
        description=entry.description,
        kind=entry.kind,
        who=frozenset(entry.who.roles),
        compartments=frozenset(entry.compartments),
        purposes=_once(entry.purposes),
        durations=_durations(entry.duration),
        factor=entry.factor,
        approvals=_approvals(entry.approvals),
        break_glass=_break_glass(entry.break_glass),
        extension=_extension(entry.extension),
        review_within=entry.review.within if entry.review else None,
        site_role=_site_role(entry.site_role),
    )


def _durations(said: written.Duration) -> Durations:
    return Durations(tuple(sorted(set(said.offered))), said.default, said.maximum)


def _approvals(said: written.Approvals) -> Approvals:
    return Approvals(said.needed, frozenset(said.roles), said.lapse_after, said.factor_fresh_for)


def _break_glass(said: written.BreakGlass | None) -> BreakGlass | None:
    if said is None:
        return None
    return BreakGlass(
        maximum=said.maximum,
        purposes=_once(said.purposes),
        compartments=frozenset(said.compartments),
        offered_after=said.offered_after,
        review_within=said.review_within,
    )


def _extension(said: written.Extension | None) -> Extension | None:
    return Extension(said.total, said.approvals) if said else None


def _site_role(said: written.SiteRole | None) -> SiteRole | None:
    if said is None:
        return None
    return SiteRole(said.site, said.post_type, said.meta_key, tuple(sorted(set(said.capabilities))))


def _once(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
