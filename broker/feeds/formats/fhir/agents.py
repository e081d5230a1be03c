"""Who took part: the holder, who approved, software, a site, and the broker itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from broker.feeds.formats.about import About, Teller
from broker.feeds.formats.fhir.codes import PARTICIPATION, SECURITY_ROLE, dcm_agent
from broker.ledger.entry import Recorded

BROKER = "broker"
# Who acts for the broker itself, and is nobody in particular.
_ITSELF = frozenset({BROKER, "command-line", "single-sign-on", "demo"})
_HOLDER = {"system": PARTICIPATION, "code": "IRCP", "display": "information recipient"}
_VERIFIER = {"system": PARTICIPATION, "code": "VRF", "display": "verifier"}
_AUTHORIZER = {"system": SECURITY_ROLE, "code": "authserver", "display": "authorization server"}
_HUMAN = {"system": SECURITY_ROLE, "code": "humanuser", "display": "human user"}

Agent = dict[str, Any]


def observer(teller: Teller) -> dict[str, Any]:
    """The broker, as the one who recorded it and as the one who authorized it: the same reference in both places."""
    said = {"system": "urn:ietf:rfc:3986", "value": teller.issuer}
    return {"type": "Device", "identifier": said, "display": "Emergency access broker"}


def agents_of(recorded: Recorded, about: About, teller: Teller) -> list[Agent]:
    """R4's agents without purpose and policy. Exactly one is the requestor: whoever the entry says acted."""
    actor = recorded.entry.actor
    people = dict(_people(recorded, about))
    agents = [_person(who, as_what, teller, who == actor) for who, as_what in people.items()]
    agents += _things(actor, people, teller)
    itself = {"type": _concept(_AUTHORIZER), "who": observer(teller), "requestor": actor in _ITSELF}
    if actor in _ITSELF - {BROKER}:
        itself["altId"] = actor
    return [*agents, itself]


def _people(recorded: Recorded, about: About) -> Iterator[tuple[str, dict[str, str]]]:
    """In the order they matter; a person who is several things is the first of them."""
    entry = recorded.entry
    holder = about.holder or (entry.subject if entry.grant or entry.request else None)
    if holder:
        yield holder, _HOLDER
    for each in about.approvers:
        if each != holder:
            yield each, _VERIFIER
    if _is_person(entry.actor) and entry.actor not in {holder, *about.approvers}:
        reviews = entry.event.startswith("review.")
        yield entry.actor, _VERIFIER if reviews else _HUMAN


def _things(actor: str, people: dict[str, Any], teller: Teller) -> list[Agent]:
    sort, _, name = actor.partition(":")
    if not name or actor in people:
        return []
    code = {"client": "110150", "site": "110153"}.get(sort)
    coded = {"type": _concept(dcm_agent(code))} if code else {}
    who = {"type": "Device", "identifier": {"system": teller.system(sort), "value": name}}
    return [{**coded, "who": _named(who, name, teller), "requestor": True}]


def _person(who: str, as_what: dict[str, str], teller: Teller, asked: bool) -> Agent:
    reference = {"type": "Practitioner", "identifier": {"system": teller.system("person"), "value": who}}
    return {"type": _concept(as_what), "who": _named(reference, who, teller), "requestor": asked}


def _named(reference: dict[str, Any], of: str, teller: Teller) -> dict[str, Any]:
    return {**reference, "display": teller.names[of]} if of in teller.names else reference


def _is_person(actor: str) -> bool:
    return actor not in _ITSELF and ":" not in actor


def _concept(coding: dict[str, str]) -> dict[str, Any]:
    return {"coding": [coding]}
