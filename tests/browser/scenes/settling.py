"""A reviewer's work with reviews and with what looks odd."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page, expect

from broker.access.grant import Grant
from broker.access.review_owed import open_review
from broker.identity.people import Role
from broker.review.oddities.found import Found, Signal
from broker.review.oddities.keep import keep
from broker.review.queue.assign import assign
from broker.review.queue.outcome import Outcome
from broker.review.queue.sign_off import sign
from tests.browser.scenes.scene import scene
from tests.browser.stage import Stage


@scene
def reviews_of_all_kinds(stage: Stage) -> Page:
    """One overdue, one taken by a colleague, one that waits for a second opinion."""
    colleague = stage.broker.join(Role.REVIEWER)
    assign(stage.equipment, colleague.person, stage.break_glass().id, colleague.person.id)
    sign(stage.equipment, colleague.person, stage.break_glass().id, Outcome.MISUSE, "No emergency is known")
    _overdue(stage)
    return stage.open(stage.reviewer, "/reviews")


@scene
def reviews_of_nobody(stage: Stage) -> Page:
    return stage.open(stage.reviewer, "/reviews?show=mine")


@scene
def second_opinion_wanted(stage: Stage) -> Page:
    return stage.open(stage.reviewer, f"/history/{_first_opinion(stage).id}")


@scene
def two_reviewers_differ(stage: Stage) -> Page:
    grant = _first_opinion(stage)
    sign(stage.equipment, stage.reviewer.person, grant.id, Outcome.APPROPRIATE, "Seen in the chart")
    page = stage.open(stage.reviewer, f"/history/{grant.id}")
    page.get_by_text("Look at it again").click()
    return page


@scene
def opened_again_without_a_reason(stage: Stage) -> Page:
    page = two_reviewers_differ(stage)
    page.get_by_role("button", name="Open the review again").click()
    expect(page.get_by_role("alert")).to_be_focused()
    return page


@scene
def what_looks_odd(stage: Stage) -> Page:
    grants = [stage.break_glass() for _ in range(2)] + [stage.end(stage.grant()) for _ in range(2)]
    person, other = stage.clinician.person.id, stage.approver.person.id
    with stage.broker.parts.store.write() as tx:
        keep(
            tx,
            [
                _odd(Signal.GLASS_AFTER_NO, person, grants[:2], {"count": 2, "minutes": 30}),
                _odd(Signal.SAME_PAIR, person, grants, {"count": 9, "of": 10, "percent": 90}, other),
                _odd(Signal.OWN_KIN, person, grants[2:3], {"count": 1, "what": "address"}),
            ],
        )
    return stage.open(stage.reviewer, "/oddities")


@scene
def nothing_looks_odd(stage: Stage) -> Page:
    with stage.broker.parts.store.write() as tx:
        keep(tx, [])
    return stage.open(stage.reviewer, "/oddities")


@scene
def blocked_by_an_overdue_review(stage: Stage) -> Page:
    _overdue(stage)
    page = stage.open(stage.clinician, "/requests/new")
    expect(page.get_by_label("What is the danger?")).to_be_visible()
    return page


def _overdue(stage: Stage) -> Grant:
    grant = stage.end(stage.grant())
    with stage.broker.parts.store.write() as tx:
        open_review(tx, stage.broker.parts.ledger, grant, tx.at - timedelta(hours=1))
    return grant


def _first_opinion(stage: Stage) -> Grant:
    grant, colleague = stage.break_glass(), stage.broker.join(Role.REVIEWER)
    sign(stage.equipment, colleague.person, grant.id, Outcome.MISUSE, "No emergency is known")
    return grant


def _odd(
    signal: Signal, person: str, grants: list[Grant], facts: dict[str, int | str], other: str = ""
) -> Found:
    rows, times = tuple(each.id for each in grants), tuple(each.issued_at for each in grants)
    return Found(signal, person, rows, times, facts, other)
