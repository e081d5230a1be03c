from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from broker.review.story.fold import FEWEST, folded
from broker.review.story.timeline import Step

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVENTS = st.sampled_from(["site.event", "token.issued", "grant.push_failed", "grant.active", "review.signed"])
STEPS = st.lists(
    st.builds(
        Step,
        at=st.just(NOON),
        title=st.sampled_from(["Opened post 4", "Changed post 4", "Was refused post 5"]),
        text=st.just(""),
        kind=st.sampled_from(["done", "stop"]),
        seq=st.integers(1, 1000),
        event=EVENTS,
    ),
    max_size=60,
)


@given(STEPS)
def test_nothing_is_lost_or_moved_by_folding(steps: list[Step]) -> None:
    """Opened again, the page tells every step once, in the story's order."""
    told = [(each.title, each.text, each.kind) for step in folded(steps) for each in (step.inner or (step,))]
    assert told == [(step.title, step.text, step.kind) for step in steps]


@given(STEPS)
def test_what_somebody_should_see_is_never_folded_into_what_is_usual(steps: list[Step]) -> None:
    """A run is of one kind, and keeps it."""
    for step in folded(steps):
        assert {each.kind for each in step.inner} <= {step.kind}
        assert len({each.event for each in step.inner}) <= 1
        assert not step.inner or len(step.inner) >= FEWEST


def test_a_long_run_says_how_much_of_what() -> None:
    """Twelve looks at a site are one step with its counts, at the time of the first."""
    verbs = ["Opened"] * 7 + ["Changed"] * 2 + ["Looked"]
    steps = [
        Step(NOON + timedelta(seconds=n), f"{verb} post {n} on The clinic", "", "done", n, "site.event")
        for n, verb in enumerate(verbs)
    ]
    (step,) = folded(steps)
    assert (step.at, step.title) == (NOON, "The site saw 10 things")
    assert step.text == "Opened 7, changed 2, looked through lists 1."
    assert len(step.inner) == 10


def test_few_steps_stay_as_they_are() -> None:
    """Three are read sooner than opened."""
    steps = [Step(NOON, "Opened post 4", "", "done", n, "site.event") for n in range(FEWEST - 1)]
    assert [step.inner for step in folded(steps)] == [()] * (FEWEST - 1)
