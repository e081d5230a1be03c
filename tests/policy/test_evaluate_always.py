"""What holds for every policy and every question, not only for the ones we thought of."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path as FilePath
from typing import TypeVar

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from broker.policy.catalog import Approvals, BreakGlass, Catalog, Durations, Entitlement, Extension
from broker.policy.decision import Ask, Outcome, Path, Subject
from broker.policy.evaluate import evaluate
from broker.policy.load import load_catalog

SHIPPED = load_catalog(FilePath(__file__).parents[2] / "policies")
T = TypeVar("T")


@st.composite
def mostly(draw: st.DrawFn, usual: st.SearchStrategy[T], odd: st.SearchStrategy[T]) -> T:
    """The usual nearly always: with every part odd at once, every answer would be a plain no."""
    return draw(odd if draw(st.integers(min_value=0, max_value=15)) == 0 else usual)


LENGTHS = st.integers(min_value=1, max_value=240).map(lambda minutes: timedelta(minutes=minutes))
ODD_LENGTHS = st.timedeltas(min_value=timedelta(days=-2), max_value=timedelta(days=2))
COMPARTMENTS = mostly(st.just(frozenset({"general", "restricted"})), st.frozensets(st.text(max_size=2)))
ROLES = mostly(
    st.just(frozenset({"clinician", "approver"})),
    st.frozensets(st.sampled_from(["clinician", "approver", "admin"])),
)
ODD_WORDS = st.sampled_from(["ETREAT", "BTG", "TREAT", "UNDECLARED", "general", ""]) | st.text(max_size=4)
PURPOSES = mostly(st.just(("ETREAT", "BTG")), st.just(("TREAT", "UNDECLARED")))
GLASSES = st.builds(BreakGlass, LENGTHS, PURPOSES, COMPARTMENTS, offered_after=LENGTHS, review_within=LENGTHS)
EXTENSIONS = st.builds(Extension, LENGTHS, st.integers(min_value=0, max_value=2))


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    """Policies with any lengths and counts, including ones the files would not be allowed to say."""
    record = SHIPPED.entitlements["patient-record"]
    needed = draw(st.integers(min_value=0, max_value=3))
    changed: Entitlement = replace(
        record,
        who=draw(ROLES),
        compartments=draw(COMPARTMENTS),
        purposes=draw(PURPOSES),
        durations=Durations((timedelta(minutes=1),), timedelta(minutes=1), draw(LENGTHS)),
        approvals=Approvals(needed, frozenset({"approver"}), draw(LENGTHS), draw(LENGTHS)),
        break_glass=draw(mostly(GLASSES, st.none())),
        extension=draw(mostly(EXTENSIONS, st.none())),
        review_within=draw(st.none() | LENGTHS),
    )
    return replace(SHIPPED, entitlements={record.id: changed})


SUBJECTS = st.builds(
    Subject,
    st.just("p"),
    ROLES,
    mostly(st.just(value=True), st.booleans()),
    mostly(st.just(0), st.integers(min_value=-1, max_value=2)),
)
ASKS = st.builds(
    Ask,
    mostly(st.just("patient-record"), st.just("absent")),
    st.sampled_from(Path),
    mostly(st.just("ETREAT"), ODD_WORDS),
    mostly(st.just("unresponsive"), ODD_WORDS),
    mostly(LENGTHS, ODD_LENGTHS),
    mostly(st.just("general"), st.none() | ODD_WORDS),
    mostly(LENGTHS, ODD_LENGTHS),
    st.booleans(),
)


@pytest.mark.parametrize(
    ("path", "outcome"),
    [pair for pair in product(Path, Outcome) if pair != (Path.BREAK_GLASS, Outcome.ALLOW_AFTER_APPROVAL)],
)
def test_every_answer_is_among_those_tried(path: Path, outcome: Outcome) -> None:
    """The questions below do reach every outcome on every way, so that what they prove is not empty."""
    find(
        st.tuples(catalogs(), SUBJECTS, ASKS),
        lambda drawn: drawn[2].path is path and evaluate(*drawn).outcome is outcome,
        settings=settings(max_examples=5_000, database=None, phases=[Phase.generate]),
    )


@given(catalogs(), SUBJECTS, ASKS)
def test_a_decision_never_exceeds_policy(catalog: Catalog, subject: Subject, ask: Ask) -> None:
    """Whatever is allowed is longer than nothing, no longer than asked, and within every limit of its way."""
    decision = evaluate(catalog, subject, ask)
    if not decision.allowed:
        assert decision.duration == timedelta(0)
        return
    entitlement = catalog.entitlements[ask.entitlement_id]
    assert timedelta(0) < decision.duration <= min(ask.duration, entitlement.durations.maximum)
    assert ask.compartment in entitlement.compartments
    assert ask.purpose in catalog.purposes
    assert entitlement.who & subject.roles
    assert subject.has_factor
    if ask.path is Path.BREAK_GLASS:
        assert entitlement.break_glass is not None
        assert decision.duration <= entitlement.break_glass.maximum
        assert ask.compartment in entitlement.break_glass.compartments
        assert decision.review_within is not None
        assert decision.review_within <= entitlement.break_glass.review_within
        assert decision.overrides_block or decision.review_within == entitlement.break_glass.review_within
    if ask.path is Path.EXTENSION:
        assert entitlement.extension is not None
        assert timedelta(0) <= ask.already_held
        assert decision.duration + ask.already_held <= entitlement.extension.total


@given(catalogs(), SUBJECTS, ASKS)
def test_nothing_is_immediate_past_an_overdue_review(catalog: Catalog, subject: Subject, ask: Ask) -> None:
    """Access without an approver needs a clean slate or a stated danger; with one it names how many and who."""
    decision = evaluate(catalog, subject, ask)
    if decision.outcome is Outcome.ALLOW_NOW:
        assert subject.overdue_reviews == 0 or decision.overrides_block
        assert decision.approvals_needed == 0
    if decision.overrides_block:
        assert (ask.path, ask.danger_stated) == (Path.BREAK_GLASS, True)
        assert subject.overdue_reviews > 0
        assert catalog.reviews.override_within is not None
    if decision.outcome is Outcome.ALLOW_AFTER_APPROVAL:
        assert decision.approvals_needed > 0
        assert decision.approver_roles


@given(catalogs(), SUBJECTS, ASKS)
def test_break_glass_never_lasts_longer_than_ordinary(catalog: Catalog, subject: Subject, ask: Ask) -> None:
    """Whoever breaks the glass never gets more time than the ordinary way would have given."""
    broken = evaluate(catalog, subject, replace(ask, path=Path.BREAK_GLASS))
    entitlement = catalog.entitlements.get(ask.entitlement_id)
    assert not broken.allowed or (entitlement and broken.duration <= entitlement.durations.maximum)


@given(
    SUBJECTS,
    ASKS,
    st.sampled_from(["entitlement_id", "path", "purpose", "reason", "compartment"]),
    st.text(max_size=12).map(lambda text: f"unknown {text}"),
)
def test_anything_unknown_is_refused(subject: Subject, ask: Ask, which: str, unknown: str) -> None:
    """A word policy never declared refuses, whatever else is right."""
    decision = evaluate(SHIPPED, subject, replace(ask, **{which: unknown}))
    assert decision.outcome is Outcome.REFUSE
    assert decision.refusals


@given(catalogs(), SUBJECTS, ASKS)
def test_the_same_question_has_the_same_answer(catalog: Catalog, subject: Subject, ask: Ask) -> None:
    """A dry run and the real run cannot differ: there is no clock, no state and no chance in a decision."""
    assert evaluate(catalog, subject, ask) == evaluate(catalog, subject, ask)


@given(catalogs(), SUBJECTS, ASKS)
def test_refused_and_explained_are_the_same(catalog: Catalog, subject: Subject, ask: Ask) -> None:
    """There is a rule not met exactly when the answer is no."""
    decision = evaluate(catalog, subject, ask)
    assert bool(decision.refusals) is not decision.allowed
