from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.clock import SettableClock
from broker.errors import Invalid, Refused
from broker.ledger.entry import Entry
from broker.policy.keeping import KeepingRules
from broker.policy.purposes import HL7_PURPOSES
from broker.review.disclosures.answer import Answer, answer_of, as_json
from broker.review.disclosures.csv_file import HEADS, csv_lines
from broker.review.disclosures.draw_up import Document, DrawnUp, Form, draw_up
from broker.review.disclosures.exempt import exempt_as
from broker.review.disclosures.period import Period, period_of
from broker.review.history.exporting.csv_file import harmless
from tests.fakes.past import Past

REACH = timedelta(days=2192)


def period(past: Past, first: str = "", last: str = "") -> Period:
    return period_of(first, last, past.clock.now(), REACH, past.zone)


def drawn(past: Past, ref: str = "P-1001", form: Form = Form.PAGE, **days: str) -> DrawnUp:
    return draw_up(past.equipment, past.reviewer.person, Document.ACCOUNTING, form, ref, period(past, **days))


def answer(past: Past, *, with_notes: bool = False) -> Answer:
    found = draw_up(past.equipment, past.reviewer.person, Document.ANSWER, Form.JSON, "P-1001", period(past))
    with past.store.read() as reader:
        return answer_of(reader, past.equipment.catalog, found, with_notes=with_notes)


def test_every_access_to_the_patient_is_listed_and_no_other_ones(past: Past) -> None:
    """Ordinary, broken glass and on a site, the oldest first; another patient's is not among them."""
    wanted = [past.ordinary(), past.broken(), past.on_site()]
    past.doubly_approved()
    found = drawn(past).accesses
    assert [each.grant_id for each in found] == [each.id for each in wanted]
    assert [each.broke_glass for each in found] == [False, True, False]
    assert {(each.name, each.roles) for each in found} == {("clinician", "Clinician")}
    assert [each.where for each in found] == ["", "", "The clinic"]
    assert found[0].what == "Telehealth recording"
    assert (found[0].purpose, found[0].reason) == (
        "Emergency treatment",
        "Patient cannot speak for themselves",
    )


def test_that_it_was_drawn_up_is_in_the_ledger(past: Past) -> None:
    """Who, of whom by our own id, which days, in which form and how many; every time."""
    past.ordinary()
    for form in (Form.PAGE, Form.CSV):
        drawn(past, form=form)
    first, second = past.entries("disclosures.told")
    assert (first.actor, first.facts["patient"], first.facts["rows"]) == (
        past.reviewer.id,
        past.patient.id,
        1,
    )
    assert [first.facts["form"], second.facts["form"]] == ["page", "csv"]
    assert "P-1001" not in str(first)


def test_what_was_opened_is_counted(past: Past, clock: SettableClock) -> None:
    """Links that were used and what the site saw, with the first and the last time."""
    grant = past.ordinary()
    assert drawn(past).accesses[0].times_opened == 0
    times = []
    for event in ("link.exchanged", "site.event", "link.issued"):
        clock.advance(minutes=1)
        with past.store.write() as tx:
            past.ledger.append(tx, Entry(event, past.clinician.id, grant.request_id, grant.id, facts={}))
            times.append(tx.at)
    (found,) = drawn(past).accesses
    assert (found.times_opened, found.first_opened, found.last_opened) == (2, times[0], times[1])


def test_only_a_reviewer_draws_it_up(past: Past) -> None:
    """Nobody else, and nothing is written down as told."""
    for member in (past.clinician, past.approver, past.admin):
        with pytest.raises(Refused):
            draw_up(past.equipment, member.person, Document.ACCOUNTING, Form.PAGE, "P-1001", period(past))
    with pytest.raises(Refused):
        disabled = replace(past.reviewer.person, disabled=True)
        draw_up(past.equipment, disabled, Document.ACCOUNTING, Form.PAGE, "P-1001", period(past))
    assert "disclosures.told" not in past.events()


def test_a_patient_nobody_knows_is_said_to_be_unknown(past: Past) -> None:
    """At the field; and a file the document does not come in is no file."""
    with pytest.raises(Invalid) as found:
        drawn(past, "P-0")
    assert list(found.value.faults) == ["patient"]
    with pytest.raises(Invalid):
        drawn(past, form=Form.JSON)
    assert "disclosures.told" not in past.events()


def test_days_are_those_of_the_clinic(past: Past, clock: SettableClock) -> None:
    """An access at half past midnight in Berlin belongs to the new day there, though it is the old one in UTC."""
    clock.advance(hours=11, minutes=30)
    grant = past.ordinary()
    assert grant.issued_at.date() == date(2026, 3, 1)
    assert not drawn(past, first="2026-03-01", last="2026-03-01").accesses
    assert len(drawn(past, first="2026-03-02", last="2026-03-02").accesses) == 1


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("2020-02-27", "", "from"),
        ("", "2026-03-02", "to"),
        ("2026-02-02", "2026-02-01", "to"),
        ("1.3.2026", "", "from"),
        ("", "2026-13-01", "to"),
    ],
)
def test_days_that_cannot_be_answered_for(past: Past, first: str, last: str, field: str) -> None:
    """Before policy's reach, in the future, the wrong way round, or no days."""
    with pytest.raises(Invalid) as found:
        period(past, first, last)
    assert list(found.value.faults) == [field]


def test_left_empty_it_reaches_as_far_as_policy(past: Past) -> None:
    """Six years, leap days and all, to today."""
    assert (period(past).first, period(past).last) == (date(2020, 2, 29), date(2026, 3, 1))


def test_what_the_law_would_leave_out_is_marked_and_listed(past: Past) -> None:
    """Treatment, payment and operations are; anything else has to be accounted for."""
    assert {exempt_as(code) for code in ("TREAT", "ETREAT", "BTG")} == {"treatment"}
    assert exempt_as("HPAYMT") == "payment"
    assert exempt_as("HOPERAT") == "health care operations"
    for code in ("HRESCH", "PUBHLTH", "PATRQT", "HMARKT", "GOV", "unknown"):
        assert exempt_as(code) == ""
    assert {exempt_as(code) for code in HL7_PURPOSES} == {
        "",
        "treatment",
        "payment",
        "health care operations",
    }


def test_the_file_has_a_line_for_each_and_no_patient(past: Past) -> None:
    """Neither the clinic's id nor ours, nor a note, leaves with it; times are UTC."""
    past.broken()
    text = "".join(csv_lines(drawn(past)))
    heads, row = list(csv.reader(text.splitlines()))
    assert tuple(heads) == HEADS
    told = dict(zip(heads, row, strict=True))
    assert (told["recipient"], told["glass_broken"], told["exempt_as"]) == ("clinician", "yes", "treatment")
    assert datetime.fromisoformat(told["began_utc"]).utcoffset() == timedelta()
    for canary in ("P-1001", past.patient.id, "collapsed"):
        assert canary not in text


@given(st.sampled_from("=+-@\t\r"))
def test_no_cell_computes(sign: str) -> None:
    """A title or a name that begins as a formula does is shown, not run."""
    assert harmless(f"{sign}1+1").startswith("'")


def test_the_answer_tells_of_the_patient_and_of_nobody_else(past: Past) -> None:
    """What is held, who by role, when, what for; no name of staff, no other patient, nothing of the guard."""
    mine, other = past.broken(), past.doubly_approved()
    text = json.dumps(as_json(answer(past)))
    said = json.loads(text)
    assert [each["kind"] for each in said["held"]] == ["recording", "record"]
    (access,) = said["accesses"]
    assert (access["who"], access["emergency"], access["note"]) == ("Clinician", True, None)
    for canary in (
        "clinician@", past.clinician.id, past.reviewer.id, "P-2002", other.id, mine.id, "collapsed",
        "policy_digest", "192.0.2.10", "totp", "session", past.equipment.catalog.digest[:12],
    ):  # fmt: skip
        assert canary not in text, canary


def test_policy_may_let_staff_be_named(past: Past) -> None:
    """Then by name and by the role they asked in, and no other role they hold."""
    past.ordinary()
    catalog = replace(past.equipment.catalog, keeping=KeepingRules(name_staff=True))
    past.equipment = replace(past.equipment, catalog=catalog)
    (access,) = as_json(answer(past))["accesses"]
    assert access["who"] == "clinician, Clinician"


def test_notes_are_told_only_when_they_were_read(past: Past) -> None:
    """A reviewer says so; one that was erased says when."""
    past.ordinary()
    assert as_json(answer(past, with_notes=True))["accesses"][0]["note"] == "collapsed after the visit"
    assert as_json(answer(past))["accesses"][0]["note"] is None


def test_the_answer_says_how_long_notes_are_kept(past: Past) -> None:
    """As policy has it."""
    assert "until the clinic erases it" in as_json(answer(past))["kept"]
    keeping = KeepingRules(notes=timedelta(days=400))
    past.equipment = replace(past.equipment, catalog=replace(past.equipment.catalog, keeping=keeping))
    assert "for 400 days" in as_json(answer(past))["kept"]
