from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broker.policy.reviewing import USUAL_ODDITIES
from broker.review.oddities.found import Material, Signal
from broker.review.oddities.look_at import SIGNALS, look_at
from broker.review.oddities.words import MAYBE, TITLES, sentence
from tests.review.oddities.a_month import APPROVERS, CLINICIANS, Month

SEEDS = range(8)


def found(month: Month, **rules: object) -> list[tuple[Signal, str]]:
    looked = look_at(month.material, replace(USUAL_ODDITIES, **rules))  # type: ignore[arg-type]
    return [(each.signal, each.person_id) for each in looked]


@pytest.mark.parametrize("seed", SEEDS)
def test_an_ordinary_month_shows_nothing(seed: int) -> None:
    """A reviewer who is shown chance soon looks at nothing any more."""
    assert found(Month(seed)) == []


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("signal", list(Signal))
def test_what_is_planted_is_found_and_nothing_else(signal: Signal, seed: int) -> None:
    """Each alone: the right person, and no one beside."""
    month = Month(seed)
    getattr(month, signal)(CLINICIANS[3])
    assert found(month) == [(signal, CLINICIANS[3])]


@pytest.mark.parametrize("seed", SEEDS)
def test_all_planted_at_once_are_each_found(seed: int) -> None:
    """One oddity does not hide another."""
    month, planted = Month(seed), []
    for place, signal in enumerate(Signal):
        getattr(month, signal)(CLINICIANS[place])
        planted.append((signal, CLINICIANS[place]))
    assert sorted(found(month)) == sorted(planted)


def test_every_signal_is_looked_for_and_has_words() -> None:
    """A new one fails until somebody says what it means, and what it may be instead."""
    assert set(SIGNALS) == set(Signal) == set(TITLES) == set(MAYBE)


@pytest.mark.parametrize("signal", list(Signal))
def test_the_sentence_tells_every_number_and_calls_nobody_anything(signal: Signal) -> None:
    """Names, counts and what was seen; no word of guilt."""
    month = Month()
    getattr(month, signal)(CLINICIANS[3])
    (odd,) = look_at(month.material, USUAL_ODDITIES)
    said = sentence(odd.signal, odd.facts, "Somebody", "A colleague")
    assert "Somebody" in said
    assert "{" not in said
    assert str(odd.facts["count"]) in said or "once" in said
    guilty = ("suspicious", "abuse", "misuse", "violat", "cheat", "suspect", "fraud")
    assert not [word for word in guilty if word in (said + TITLES[signal] + MAYBE[signal]).lower()]


@pytest.mark.parametrize("signal", list(Signal))
def test_a_signal_that_is_off_is_not_looked_for(signal: Signal) -> None:
    """Policy says which ones nobody wants."""
    month = Month()
    getattr(month, signal)(CLINICIANS[3])
    assert found(month, off=frozenset({signal.value})) == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 10_000),
    shuffled=st.integers(0, 10_000),
    signals=st.sets(st.sampled_from(list(Signal))),
)
def test_the_order_of_rows_means_nothing(seed: int, shuffled: int, signals: set[Signal]) -> None:
    """The same rows give the same answer, twice and in whatever order."""
    month = Month(seed)
    for place, signal in enumerate(sorted(signals)):
        getattr(month, signal)(CLINICIANS[place])
    material, dice = month.material, Random(shuffled)
    mixed = Material(
        material.now,
        *(
            tuple(dice.sample(rows, len(rows)))
            for rows in (material.uses, material.earlier, material.answers, material.noes, material.knocks)
        ),
        material.kin,
    )
    assert look_at(material, USUAL_ODDITIES) == look_at(mixed, USUAL_ODDITIES)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000), signal=st.sampled_from(list(Signal)), more=st.integers(1, 3))
def test_more_of_the_same_stays_odd(seed: int, signal: Signal, more: int) -> None:
    """What was found once is found when the same happens again, on more rows."""
    month = Month(seed)
    getattr(month, signal)(CLINICIANS[3])
    before = {(each.signal, each.person_id): each for each in look_at(month.material, USUAL_ODDITIES)}
    for _ in range(more):
        getattr(month, signal)(CLINICIANS[3])
    after = {(each.signal, each.person_id): each for each in look_at(month.material, USUAL_ODDITIES)}
    assert (signal, CLINICIANS[3]) in before
    assert len(after[signal, CLINICIANS[3]].rows) >= len(before[signal, CLINICIANS[3]].rows)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 10_000), stricter=st.integers(0, 30), signals=st.sets(st.sampled_from(list(Signal)))
)
def test_a_higher_threshold_never_finds_more(seed: int, stricter: int, signals: set[Signal]) -> None:
    """Whoever asks for more of it before being told is told of less."""
    month = Month(seed)
    for place, signal in enumerate(sorted(signals)):
        getattr(month, signal)(CLINICIANS[place])
    rules = USUAL_ODDITIES
    higher = replace(
        rules,
        over_use=replace(rules.over_use, at_least=rules.over_use.at_least + stricter),
        odd_hours=replace(rules.odd_hours, at_least=rules.odd_hours.at_least + stricter),
        same_pair=replace(rules.same_pair, at_least=rules.same_pair.at_least + stricter),
        reasons=replace(rules.reasons, at_least=rules.reasons.at_least + stricter),
        never_used=replace(rules.never_used, at_least=rules.never_used.at_least + stricter),
        after_the_end=rules.after_the_end + stricter,
        glass_beside_approver=replace(rules.glass_beside_approver, at_least=3 + stricter),
        glass_after_no=replace(rules.glass_after_no, at_least=2 + stricter),
    )
    usual = {(each.signal, each.person_id) for each in look_at(month.material, rules)}
    assert {(each.signal, each.person_id) for each in look_at(month.material, higher)} <= usual


def test_few_others_say_nothing_of_what_is_usual() -> None:
    """In a clinic of three nobody is far above the others."""
    month = Month()
    month.over_use(CLINICIANS[0])
    few = set(CLINICIANS[:3])
    month.uses = [use for use in month.uses if use.person_id in few]
    month.earlier = [each for each in month.earlier if each.person_id in few]
    assert found(month) == []


def test_somebody_new_has_no_usual_hours() -> None:
    """Nights are not odd for whoever was seen too seldom to know."""
    month = Month()
    month.odd_hours("person_new")
    assert found(month) == []


def test_two_on_duty_are_no_pair() -> None:
    """Where only two decide anything, the roster explains it."""
    month = Month()
    month.same_pair(CLINICIANS[3])
    month.answers = [each for each in month.answers if each.approver_id in APPROVERS[:2]]
    assert found(month) == []


def test_a_note_that_was_erased_is_not_held_against_anybody() -> None:
    """What can no longer be read is neither short nor copied."""
    month = Month()
    month.short_reasons(CLINICIANS[3])
    month.copied_reasons(CLINICIANS[3])
    month.uses = [replace(use, note=None) for use in month.uses]
    assert found(month) == []


def test_one_patients_notes_may_be_alike() -> None:
    """The same patient in the same trouble for a week is one story."""
    month = Month()
    month.copied_reasons(CLINICIANS[3])
    month.uses = [
        replace(use, patient_id="pat_same") if "urgently" in (use.note or "") else use for use in month.uses
    ]
    assert found(month) == []


def test_what_a_site_does_not_tell_is_not_called_unused() -> None:
    """Nor what is not over yet."""
    month = Month()
    month.never_used(CLINICIANS[3])
    unknown = [replace(use, used=None if use.used is False else use.used) for use in month.uses]
    running = [replace(use, ended_at=use.ended_at + timedelta(days=90)) for use in month.uses]
    for uses in (unknown, running):
        month.uses = uses
        assert found(month) == []


def test_who_waited_in_vain_had_to_break_it() -> None:
    """Turning a request that nobody answered is what the glass is for."""
    month = Month()
    month.glass_beside_approver(CLINICIANS[3])
    month.uses = [replace(use, waited=use.broke_glass) for use in month.uses]
    assert found(month) == []


def test_a_no_for_another_patient_is_another_matter() -> None:
    """A no by policy was for whatever was asked, though."""
    month = Month()
    month.glass_after_no(CLINICIANS[3])
    month.noes = [replace(no, patient_id="pat_other") for no in month.noes]
    assert found(month) == []
    month.noes = [replace(no, patient_id=None) for no in month.noes]
    assert found(month) == [(Signal.GLASS_AFTER_NO, CLINICIANS[3])]
