import itertools
from datetime import UTC, date, datetime
from typing import Any

import pytest

from broker.errors import Invalid
from broker.identity.people import Role
from broker.review.history.filters import Filters, Shown, Weekday
from broker.review.history.page import (
    MOST_COUNTED,
    HistoryPage,
    count_history,
    history_page,
    history_query,
    most_counted,
)
from broker.store import Store
from tests.fakes.past import Past

NOW = datetime(2026, 3, 6, tzinfo=UTC)
EVERY_FILTER: dict[str, Any] = {
    "person": "person_a",
    "patient": "pat_a",
    "site": "clinic",
    "state": Shown.REVOKED,
    "first_day": date(2026, 3, 1),
    "last_day": date(2026, 3, 9),
    "break_glass": True,
    "entitlement": "telehealth-recording",
    "reason": "unresponsive",
    "approver": "person_b",
    "review": "overdue",
    "earliest_hour": 20,
}


def test_the_newest_comes_first(past: Past) -> None:
    """The history begins with what happened last."""
    first, second = past.ordinary(), past.broken()
    assert past.found() == [second.id, first.id]


def test_each_filter_narrows_to_what_it_names(past: Past) -> None:
    """Person, patient, site, state and break-glass each keep what meets them and drop what does not."""
    other = past.join("second-clinician", Role.CLINICIAN)
    plain, broken, on_site = past.ended(past.ordinary()), past.broken(), past.on_site()
    assert past.found(person=past.clinician.id) == [on_site.id, broken.id, plain.id]
    assert past.found(person=other.id) == []
    assert past.found(patient=past.patient.id) == [on_site.id, broken.id, plain.id]
    assert past.found(patient=past.restricted.id) == []
    assert past.found(site="clinic") == [on_site.id]
    assert past.found(state=Shown.REVOKED) == [plain.id]
    assert past.found(state=Shown.ACTIVE) == [on_site.id, broken.id]
    assert past.found(break_glass=True) == [broken.id]
    assert past.found(person=past.clinician.id, state=Shown.ACTIVE, site="clinic") == [on_site.id]


def test_unconfirmed_is_a_state_one_can_ask_for(past: Past) -> None:
    """A revocation its site never confirmed is found; one still at its first tries is not called that."""
    stuck = past.unconfirmed()
    assert past.found(state=Shown.UNCONFIRMED) == [stuck.id]
    fresh = past.on_site()
    past.ended(fresh)
    assert past.found(state=Shown.UNCONFIRMED) == [stuck.id]
    assert past.found(state=Shown.REVOKING) == [fresh.id, stuck.id]


def test_days_include_their_whole_length(past: Past) -> None:
    """A grant of the last minute of a day belongs to that day, as the clinic's zone counts it."""
    past.clock.advance(hours=10, minutes=58)  # 23:58 in Berlin
    late = past.ordinary()
    past.clock.advance(minutes=5)
    next_day = past.ordinary()
    assert past.found(first_day=date(2026, 3, 1), last_day=date(2026, 3, 1)) == [late.id]
    assert past.found(first_day=date(2026, 3, 2)) == [next_day.id]


def test_pages_follow_each_other_without_gap_or_repeat(past: Past) -> None:
    """Each page goes on after the last grant of the one before, whatever was granted meanwhile."""
    made = [past.broken().id for _ in range(5)][::-1]
    pages, after = [], None
    with past.store.read() as reader:
        while True:
            page = history_page(reader, past.equipment.catalog, Filters(), UTC, after=after, most=2)
            pages.append([row.grant_id for row in page.rows])
            if (after := page.next_after) is None:
                break
    assert pages == [made[:2], made[2:4], made[4:]]
    past.broken()
    assert past.found(after=made[1], most=2) == made[2:4]


def test_new_questions_find_what_they_name(past: Past) -> None:
    """Purpose, reason, approver, what was given and what became of the review keep what meets them."""
    plain, broken, twice = past.ordinary(), past.broken(purpose="BTG"), past.doubly_approved()
    assert past.found(purpose="BTG") == [broken.id]
    assert past.found(reason="unresponsive", break_glass=True) == [broken.id]
    assert past.found(reason="never-given") == []
    assert past.found(approver=past.approver.id) == [twice.id, plain.id]
    assert past.found(approver=past.reviewer.id) == [twice.id]
    assert past.found(entitlement="restricted-record") == [twice.id]
    assert past.found(review="due") == [twice.id, broken.id]
    assert past.found(review="none") == [plain.id]
    assert past.found(review="overdue") == []
    past.clock.advance(hours=30)
    assert broken.id in past.found(review="overdue")


def test_a_night_spans_midnight(past: Past) -> None:
    """From eight in the evening until six: late and early hours of the clinic's clock, and nothing of the day."""
    noon = past.ordinary()
    past.clock.advance(hours=8)  # 21:00 in Berlin
    late = past.ordinary()
    past.clock.advance(hours=6)  # 03:00, and Monday
    early = past.ordinary()
    assert past.found(earliest_hour=20, before_hour=6) == [early.id, late.id]
    assert past.found(earliest_hour=6, before_hour=20) == [noon.id]
    assert past.found(before_hour=6) == [early.id]
    assert past.found(weekday=Weekday.SUNDAY, earliest_hour=20, before_hour=6) == [late.id]


def test_the_oldest_may_come_first(past: Past) -> None:
    """The other order has the same pages, turned round."""
    made = [past.broken().id for _ in range(5)]
    assert past.found(oldest_first=True) == made
    assert past.found(oldest_first=True, after=made[1], most=2) == made[2:4]


@pytest.mark.parametrize("oldest_first", [False, True])
def test_a_page_leads_back_to_the_one_before(past: Past, *, oldest_first: bool) -> None:
    """Walked to the end and back, the same pages come again; the first has none before it."""
    for _ in range(5):
        past.broken()
    made = past.found(oldest_first=oldest_first)
    with past.store.read() as reader:

        def page(**place: str) -> HistoryPage:
            filters = Filters(oldest_first=oldest_first)
            return history_page(reader, past.equipment.catalog, filters, UTC, most=2, **place)  # type: ignore[arg-type]

        last = page(after=made[3])
        assert (last.next_after, last.back_before) == (None, made[4])
        middle = page(before=made[4])
        assert [row.grant_id for row in middle.rows] == made[2:4]
        assert (middle.next_after, middle.back_before) == (made[3], made[2])
        first = page(before=made[2])
        assert [row.grant_id for row in first.rows] == made[:2]
        assert (first.next_after, first.back_before) == (made[1], None)


def test_a_page_after_nothing_known_is_refused(past: Past) -> None:
    """An address with a made-up place in the history says so instead of showing something else."""
    with pytest.raises(Invalid):
        past.found(after="grant_unknown")


def test_a_row_says_who_what_and_how_it_ended(past: Past) -> None:
    """A row carries the words a reviewer needs, and our own ids beside them."""
    grant = past.broken()
    past.ended(grant)
    with past.store.read() as reader:
        (row,) = history_page(reader, past.equipment.catalog, Filters(), UTC).rows
    assert (row.person, row.patient_ref, row.patient_id) == ("clinician", "P-1001", past.patient.id)
    offered = past.equipment.catalog.entitlements["telehealth-recording"]
    assert (row.title, row.state, row.cause) == (offered.title, "revoked", "handed_back")
    assert row.broke_glass
    assert row.review_due_at is not None
    assert row.review_outcome is None


def test_the_count_stops_at_more_than_enough(past: Past) -> None:
    """Counting agrees with the list, and never goes past what anybody needs to know."""
    past.ended(past.broken())
    past.ordinary()
    with past.store.read() as reader:
        assert count_history(reader, Filters(), UTC) == 2
        assert count_history(reader, Filters(break_glass=True), UTC) == 1
        assert most_counted(Filters(break_glass=True)) < most_counted(Filters()) == MOST_COUNTED < 10_000


@pytest.mark.parametrize(
    "names",
    [names for length in range(4) for names in itertools.combinations(EVERY_FILTER, length)],
    ids="+".join,
)
def test_no_question_sorts_or_reads_the_whole_table(store: Store, names: tuple[str, ...]) -> None:
    """Whatever is asked, the database walks one index in the order of the page."""
    plan = _plan(store, Filters(**{name: EVERY_FILTER[name] for name in names}))
    assert "USING INDEX ix_grants_" in plan[0]
    assert not [step for step in plan if "TEMP B-TREE" in step or step.startswith("SCAN")]
    # Asked for a person and a patient, SQLite takes whichever of two equal indexes was made last.
    narrow = [name for name in ("patient", "person") if name in names]
    assert not narrow or any(f"{name}_id=?" in plan[0] for name in narrow)


def _plan(store: Store, filters: Filters) -> list[str]:
    query = history_query(filters, UTC, NOW, (datetime(2026, 3, 5, tzinfo=UTC), "grant_a")).limit(50)
    with store.read() as reader:
        compiled = query.compile(
            dialect=reader.connection.dialect, compile_kwargs={"render_postcompile": True}
        )
        values = tuple(str(compiled.params[name]) for name in compiled.positiontup or ())
        explained = reader.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)
        return [row[3] for row in explained]
