"""The places of the product, in the order of the navigation."""

from __future__ import annotations

from dataclasses import dataclass

from broker.identity.people import Role


@dataclass(frozen=True)
class Place:
    """Shown to holders of one of ``roles`` (empty: to everybody) once its ``endpoint`` exists."""

    label: str
    endpoint: str
    roles: frozenset[Role] = frozenset()
    first: bool = False
    demo_only: bool = False


START = "requests.start"

PLACES = (
    Place("Start emergency access", START, frozenset({Role.CLINICIAN}), first=True),
    Place("Waiting for you", "waiting.show", frozenset({Role.APPROVER, Role.REVIEWER})),
    Place("Reviews due", "reviews.due", frozenset({Role.REVIEWER})),
    Place("What looks odd", "oddities.overview", frozenset({Role.REVIEWER})),
    Place("History", "history.grants", frozenset({Role.REVIEWER, Role.ADMIN})),
    Place("Disclosures", "disclosures.ask", frozenset({Role.REVIEWER})),
    Place("Legal holds", "holds.overview", frozenset({Role.REVIEWER, Role.ADMIN})),
    Place("Check the ledger", "ledger.check", frozenset({Role.REVIEWER, Role.ADMIN})),
    Place("Evidence", "evidence.ask", frozenset({Role.REVIEWER, Role.ADMIN})),
    Place("Sites", "sites.overview", frozenset({Role.ADMIN})),
    Place("Receivers", "receivers.overview", frozenset({Role.ADMIN})),
    Place("Feeds", "feeds.overview", frozenset({Role.ADMIN})),
    Place("People", "people.overview", frozenset({Role.ADMIN})),
    Place("Policies", "policies.overview", frozenset({Role.ADMIN})),
    Place("Outbox", "outbox.overview", demo_only=True),
    Place("Your account", "sessions.overview"),
)
