"""Whom an event concerns, and as what. Nobody is ever asked to approve or to review themselves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from broker.access.tables import reviews
from broker.identity.people import Person, Role, with_role
from broker.notify.scene import Scene
from broker.policy.catalog import Catalog
from broker.store import Reader


class Standing(StrEnum):
    """As what somebody is told; a template may say different things to each."""

    HOLDER = "holder"
    APPROVER = "approver"
    REVIEWER = "reviewer"
    ADMIN = "admin"


@dataclass(frozen=True)
class Told:
    person: Person
    standing: Standing


_Told = Iterator[Told]
_Rule = Callable[[Reader, Catalog, Scene], _Told]


def who_is_told(reader: Reader, catalog: Catalog, scene: Scene) -> list[Told]:
    """Each person once, in the first standing that applies; nobody whose account is switched off."""
    rule = RULES[scene.recorded.entry.event]
    first: dict[str, Told] = {}
    for told in rule(reader, catalog, scene):
        if not told.person.disabled:
            first.setdefault(told.person.id, told)
    return list(first.values())


def _asked(reader: Reader, _catalog: Catalog, scene: Scene) -> _Told:
    if scene.request.approvals_needed > 0:
        yield from _approvers(reader, scene.request.approver_roles, scene)


def _broke_glass(reader: Reader, catalog: Catalog, scene: Scene) -> _Told:
    entitlement = catalog.entitlements.get(scene.request.entitlement)
    if entitlement is not None:
        yield from _approvers(reader, entitlement.approvals.roles, scene)
    yield from _reviewers(reader, scene)


def _holder(_reader: Reader, _catalog: Catalog, scene: Scene) -> _Told:
    yield Told(scene.holder, Standing.HOLDER)


def _unconfirmed(reader: Reader, _catalog: Catalog, _scene: Scene) -> _Told:
    # The holder is not left out here: an administrator who holds the grant may be the one who can mend the site.
    yield from _with(reader, Role.ADMIN, Standing.ADMIN)
    yield from _with(reader, Role.REVIEWER, Standing.REVIEWER)


def _push_refused(reader: Reader, _catalog: Catalog, scene: Scene) -> _Told:
    yield Told(scene.holder, Standing.HOLDER)
    yield from _with(reader, Role.ADMIN, Standing.ADMIN)


def _review_opened(reader: Reader, _catalog: Catalog, scene: Scene) -> _Told:
    yield from _reviewers(reader, scene)


def _review_overdue(reader: Reader, _catalog: Catalog, scene: Scene) -> _Told:
    yield Told(scene.holder, Standing.HOLDER)
    yield from _reviewers(reader, scene)


def _review_assigned(reader: Reader, _catalog: Catalog, scene: Scene) -> _Told:
    entry = scene.recorded.entry
    for told in _reviewers(reader, scene):
        # Who took it knows; when nobody has it any more, everybody may.
        if entry.facts["how"] == "left" or told.person.id == entry.facts["to"] != entry.actor:
            yield told


def _second_wanted(reader: Reader, _catalog: Catalog, scene: Scene) -> _Told:
    first_by = _first_by(reader, scene) or scene.recorded.entry.actor
    yield from (told for told in _reviewers(reader, scene) if told.person.id != first_by)


def _review_reopened(reader: Reader, _catalog: Catalog, scene: Scene) -> _Told:
    actor = scene.recorded.entry.actor
    yield from (told for told in _reviewers(reader, scene) if told.person.id != actor)


def _overridden(reader: Reader, _catalog: Catalog, scene: Scene) -> _Told:
    yield from _reviewers(reader, scene)
    admins = _with(reader, Role.ADMIN, Standing.ADMIN)
    yield from (told for told in admins if told.person.id != scene.holder.id)


def _first_by(reader: Reader, scene: Scene) -> str | None:
    first = select(reviews.c.first_by).where(reviews.c.grant_id == (scene.grant.id if scene.grant else ""))
    return reader.execute(first).scalar_one_or_none()


def _approvers(reader: Reader, codes: Collection[str], scene: Scene) -> _Told:
    # Policy may declare a role nobody can hold here; it then asks nobody.
    for role in (role for role in Role if role.value in codes):
        yield from (
            told for told in _with(reader, role, Standing.APPROVER) if told.person.id != scene.holder.id
        )


def _reviewers(reader: Reader, scene: Scene) -> _Told:
    everyone = _with(reader, Role.REVIEWER, Standing.REVIEWER)
    yield from (told for told in everyone if told.person.id != scene.holder.id)


def _with(reader: Reader, role: Role, standing: Standing) -> _Told:
    return (Told(person, standing) for person in with_role(reader, role))


RULES: Mapping[str, _Rule] = {
    "request.asked": _asked,
    "request.broke_glass": _broke_glass,
    "request.approved": _holder,
    "request.denied": _holder,
    "request.lapsed": _holder,
    "grant.push_refused": _push_refused,
    "grant.unconfirmed": _unconfirmed,
    "review.opened": _review_opened,
    "review.overdue": _review_overdue,
    "review.assigned": _review_assigned,
    "review.first_opinion": _second_wanted,
    "review.second_asked": _second_wanted,
    "review.reopened": _review_reopened,
    "review.block_overridden": _overridden,
}
