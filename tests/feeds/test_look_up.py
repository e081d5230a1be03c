"""What entries are about is found in a handful of questions, and is right for every one of them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import event

from broker.access.activate import activate
from broker.access.extend import extend
from broker.clock import SettableClock
from broker.feeds.look_up import abouts
from broker.ledger.entry import Entry, Recorded
from broker.ledger.read import entries_after
from broker.store import Store
from tests.fakes.clinic import Clinic
from tests.feeds.conftest import read


def test_extension_of_a_broken_glass_is_an_emergency(any_store: Store, clock: SettableClock) -> None:
    """Also the extension of an extension; the extension of an approved grant is none."""
    clinic = Clinic(any_store, clock)
    found = {}
    for first in (clinic.break_glass().grant, clinic.approve(clinic.ask().request.id).grant):
        family = [activate(clinic.equipment, first.id)]
        for step in range(2):
            asked = extend(
                clinic.equipment,
                clinic.clinician.person,
                family[-1].id,
                timedelta(minutes=5),
                f"more-{first.id}-{step}",
                clinic.clinician.code(),
            )
            if asked.grant is None:
                asked = clinic.approve(asked.request.id)
            family.append(activate(clinic.equipment, asked.grant.id))
        found[first.id] = {grant.id for grant in family}
    broken, approved = found.values()
    for entry, about in read(clinic):
        if entry.entry.grant:
            assert about.emergency == (entry.entry.grant in broken), entry.entry
            assert entry.entry.grant in broken | approved


def test_as_many_questions_for_many_as_for_few(clinic: Clinic) -> None:
    """A page of five hundred entries costs no more questions than a page of five."""
    asked: list[str] = []
    event.listen(clinic.store.engine, "before_cursor_execute", lambda *each: asked.append(each[2]))
    with clinic.store.read() as reader:
        entries = entries_after(reader, 0)
        counts = []
        for page in (entries[-3:], entries):
            asked.clear()
            abouts(reader, page, clinic_refs=True)
            counts.append(len(asked))
    assert counts[0] == counts[1] <= 4


def test_about_nothing(clinic: Clinic) -> None:
    """An entry of no request and no grant is about nothing, and one of a grant that is gone breaks nothing."""
    strays = [
        Recorded(1, clinic.clock.now(), "ab" * 32, Entry("site.added", "broker", facts={"site": "x"})),
        Recorded(2, clinic.clock.now(), "cd" * 32, Entry("grant.active", "broker", grant="grant_gone")),
        Recorded(
            3, clinic.clock.now(), "ef" * 32, Entry("patient.added", "broker", facts={"patient": "gone"})
        ),
    ]
    with clinic.store.read() as reader:
        found = abouts(reader, strays, clinic_refs=True)
    assert {about.patient for about in found.values()} == {None}
    assert {about.patient_ref for about in found.values()} == {None}
