"""What software got of a grant, as its story tells it."""

from __future__ import annotations

import pytest

from broker.access.grant import Grant
from broker.ledger.entry import Entry
from broker.review.story.timeline import MOST_TOKENS, Step, read_story
from tests.fakes.past import Past

ISSUED = {
    "token": "token_1",
    "client": "client_1",
    "software": "Ward app",
    "audience": "https://ehr.clinic.example/fhir",
    "scopes": [],
    "expires_at": "2026-03-01T12:05:00+00:00",
    "bound": True,
    "actor": None,
}


def write(past: Past, grant: Grant, event: str, by: str, times: int = 1, **facts: object) -> None:
    with past.store.write() as tx:
        for _ in range(times):
            past.ledger.append(tx, Entry(event, by, None, grant.id, grant.person_id, facts))


def steps(past: Past, grant: Grant) -> list[Step]:
    with past.store.read() as reader:
        return list(read_story(reader, past.equipment.catalog, past.notes, grant.id).steps)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "Good at https://ehr.clinic.example/fhir until 12:05:00 UTC. Bound to its key."),
        ({"bound": False}, "Good for whoever holds it."),
        ({"actor": "client_1"}, "It asked by another system's word for who the person is."),
    ],
)
def test_a_token_is_told_with_the_software_the_place_and_the_end(
    past: Past, change: dict[str, object], said: str
) -> None:
    """In the name the software had when it got it."""
    grant = past.ordinary()
    write(past, grant, "token.issued", grant.person_id, **{**ISSUED, **change})
    step = next(each for each in steps(past, grant) if each.title == "Ward app got a token")
    assert step.text.endswith(said)


@pytest.mark.parametrize(
    ("by_software", "why", "count", "title", "kind"),
    [
        (True, "let_go", 1, "A token was taken back", "done"),
        (False, "withdrawn", 3, "3 tokens were taken back by clinician", "done"),
        (False, "code_used_twice", 1, "A token was taken back by clinician", "stop"),
        (False, "something_new", 1, "A token was taken back by clinician", "done"),
    ],
)
def test_what_was_taken_back_is_told_with_its_reason(
    past: Past, by_software: bool, why: str, count: int, title: str, kind: str
) -> None:
    """By whom, unless the software itself let go; a theft stands out."""
    grant = past.ordinary()
    actor = "client:client_1" if by_software else grant.person_id
    write(past, grant, "token.revoked", actor, tokens=[f"token_{n}" for n in range(count)], why=why)
    step = next(each for each in steps(past, grant) if "taken back" in each.title)
    assert (step.title, step.kind) == (title, kind)


def test_a_flood_of_tokens_does_not_drown_the_story(past: Past) -> None:
    """So many are told one by one; of the rest it is said how many."""
    grant = past.ordinary()
    write(past, grant, "token.issued", grant.person_id, MOST_TOKENS + 7, **ISSUED)
    titles = [each.title for each in steps(past, grant)]
    assert titles.count("Ward app got a token") == MOST_TOKENS
    assert "Software got 7 more tokens" in titles
