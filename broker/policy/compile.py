"""Turns checked documents into a catalog."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Any, TypeVar

from broker.policy import document as written
from broker.policy.catalog import (
    Approvals,
    BreakGlass,
    Catalog,
    Credential,
    Durations,
    Entitlement,
    Extension,
    SiteRole,
    SiteRules,
)
from broker.policy.digest import digest_of
from broker.policy.keeping import USUAL_KEEPING
from broker.policy.keeping_written import keeping_meant
from broker.policy.oddities_written import oddities_meant
from broker.policy.reviewing import USUAL_ODDITIES, USUAL_REVIEWS
from broker.policy.reviewing_written import reviews_meant
from broker.policy.sign_in import USUAL
from broker.policy.sign_in_written import sign_in_meant

T = TypeVar("T")


def compile_catalog(documents: Sequence[written.Document]) -> Catalog:
    """The catalog of documents that load.py found free of faults."""
    entries = _merged(documents, lambda document: document.entitlements)
    entitlements = {id_: _entitlement(id_, entry) for id_, entry in entries.items()}
    said = _merged(documents, lambda document: document.sites)
    sites = {id_: _site_rules(entry) for id_, entry in said.items()}
    sign_in = sign_in_meant(next((each.sign_in for each in documents if each.sign_in), None))
    reviews = reviews_meant(next((each.reviews for each in documents if each.reviews), None))
    oddities = oddities_meant(next((each.oddities for each in documents if each.oddities), None))
    keeping = keeping_meant(
        next((each.retention for each in documents if each.retention), None),
        next((each.disclosures for each in documents if each.disclosures), None),
    )
    words = {
        "reasons": _merged(documents, lambda document: document.reasons),
        "purposes": _merged(documents, lambda document: document.purposes),
        "roles": _merged(documents, lambda document: document.roles),
        "compartments": _merged(documents, lambda document: document.compartments),
    }
    return Catalog(
        entitlements=MappingProxyType(entitlements),
        sites=MappingProxyType(sites),
        sign_in=sign_in,
        reviews=reviews,
        oddities=oddities,
        keeping=keeping,
        digest=digest_of(
            {
                "entitlements": entitlements,
                **({"sites": sites} if sites else {}),
                **({"sign_in": sign_in} if sign_in != USUAL else {}),
                **({"reviews": reviews} if reviews != USUAL_REVIEWS else {}),
                **({"oddities": oddities} if oddities != USUAL_ODDITIES else {}),
                **({"keeping": keeping} if keeping != USUAL_KEEPING else {}),
                **words,
            }
        ),
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
        credential=_credential(entry.credential),
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
    return SiteRole(said.site, MappingProxyType(_scope(said)))


def _credential(said: written.Credential | None) -> Credential | None:
    if said is None:
        return None
    return Credential(
        audience=said.audience,
        datatypes=tuple(sorted(set(said.datatypes))),
        actions=tuple(sorted(set(said.actions))),
        lifetime=said.lifetime,
        dpop_required=said.dpop == "required",
    )


def _scope(said: written.SiteRole) -> dict[str, Any]:
    # The writing's order and repetitions mean nothing and must not change the digest.
    scope = said.model_dump(mode="json", exclude={"site"}, exclude_none=True)
    return {name: _sorted(part) for name, part in scope.items()}


def _sorted(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: _sorted(value) for name, value in part.items()}
    return sorted(set(part)) if isinstance(part, list) else part


def _site_rules(said: written.SiteEntry) -> SiteRules:
    return SiteRules(
        companion_required=said.companion == "required",
        stop_super_admins=said.super_admins == "stopped",
        repair=frozenset(said.repair),
    )


def _once(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
