from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text, update

from broker.access.tables import access_requests, approvals
from broker.clock import SettableClock
from broker.ledger.entry import Entry
from broker.notes.note_box import NoteBox
from broker.notes.tables import notes
from broker.notes.take_over import seal_plain_notes
from broker.review.against_ledger.check import check_rows
from broker.review.queue.outcome import Outcome
from broker.review.queue.sign_off import sign
from broker.store import Store
from broker.store.schema import downgrade, upgrade
from tests.fakes.clinic import Clinic
from tests.fakes.past import Past

NOTE, COMMENT = "collapsed after the visit", "spoke to the ward"


def sha256(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


@pytest.fixture
def old(empty_database: Engine, clock: SettableClock) -> Clinic:
    """A clinic whose one request, and its denial, were written by a version that kept notes readable."""
    upgrade(empty_database)
    clinic = Clinic(Store(empty_database, clock), clock)
    asked = clinic.ask(note="").request
    with clinic.store.write() as tx:
        row = tx.one_or_none(select(access_requests))
        assert row is not None
        copied = {**row._mapping, "id": "req_old", "submission": "form_old", "state": "denied"}
        tx.execute(access_requests.insert().values(**copied))
        said = {"request_id": "req_old", "approver_id": clinic.approver.id, "verdict": "deny", "at": tx.at}
        tx.execute(approvals.insert().values(**said))
    (entry,) = clinic.entries("request.asked")
    facts = {name: value for name, value in entry.facts.items() if name != "note"}
    with clinic.store.write() as tx:
        for event, actor, more in (
            ("request.asked", asked.person_id, facts | {"note_sha256": sha256(NOTE)}),
            ("request.denied", clinic.approver.id, {"comment_sha256": sha256(COMMENT)}),
        ):
            clinic.ledger.append(tx, Entry(event, actor, "req_old", None, asked.person_id, more))
    downgrade(empty_database, "0013")
    with empty_database.execution_options(broker_writes=True).begin() as connection:
        words = {"note": NOTE, "comment": COMMENT}
        connection.execute(text("UPDATE access_requests SET note = :note WHERE id = 'req_old'"), words)
        connection.execute(text("UPDATE approvals SET comment = :comment"), words)
    upgrade(empty_database)
    return clinic


def words_of(clinic: Clinic) -> list[str | None]:
    with clinic.store.read() as reader:
        return sorted(note.text or "" for note in clinic.notes.on_request(reader, "req_old"))


def test_old_notes_are_read_as_before_and_sealed_at_the_first_start(old: Clinic) -> None:
    """Between the upgrade and the start they are readable; after it, by the box alone; the ledger agrees all along."""
    assert words_of(old) == [NOTE, COMMENT]
    assert check_rows(old.store, old.notes).ok
    assert seal_plain_notes(old.store, old.ledger, old.notes) == 2
    assert words_of(old) == [NOTE, COMMENT]
    assert check_rows(old.store, old.notes).ok
    with old.store.read() as reader:
        assert all(row.plain is None for row in reader.all(select(notes)))
        assert NOTE not in str(reader.all(select(notes)))
    with old.store.read() as reader:
        assert not [note.text for note in NoteBox(bytes(32)).on_request(reader, "req_old") if note.text]


def test_a_second_start_finds_nothing_left(old: Clinic) -> None:
    """One entry tells how many there were, and no second one."""
    seal_plain_notes(old.store, old.ledger, old.notes)
    assert seal_plain_notes(old.store, old.ledger, old.notes) == 0
    (entry,) = old.entries("notes.sealed")
    assert entry.facts == {"count": 2}


def test_an_old_note_that_was_changed_is_named(old: Clinic) -> None:
    """Its digest stands in the ledger since it was written."""
    with old.store.write() as tx:
        tx.execute(update(notes).where(notes.c.kind == "request").values(plain="another reason"))
    (found,) = check_rows(old.store, old.notes).disagreements
    assert "not the one the ledger holds a digest of" in found.words


def test_the_way_back_keeps_what_was_not_sealed(old: Clinic) -> None:
    """And loses nothing else: what is sealed reads as empty in the earlier version."""
    engine = old.store.engine
    downgrade(engine, "0013")
    with engine.connect() as connection:
        found = connection.execute(text("SELECT note FROM access_requests ORDER BY id DESC")).scalars().all()
        assert sorted(found) == ["", NOTE]
    upgrade(engine)
    seal_plain_notes(old.store, old.ledger, old.notes)
    downgrade(engine, "0013")
    with engine.connect() as connection:
        assert set(connection.execute(text("SELECT note FROM access_requests")).scalars()) == {""}


def test_no_plain_word_stays_in_the_file(old: Clinic) -> None:
    """Neither in the table's freed pages nor in the log of writes."""
    seal_plain_notes(old.store, old.ledger, old.notes)
    # The files of a PostgreSQL are its owner's to look after.
    for suffix in ("", "-wal") if old.store.engine.dialect.name == "sqlite" else ():
        held = Path(f"{old.store.engine.url.database}{suffix}").read_bytes()
        assert NOTE.encode() not in held, suffix
        assert COMMENT.encode() not in held, suffix


def test_what_a_reviewer_wrote_is_taken_over_too(empty_database: Engine, clock: SettableClock) -> None:
    """With whose it was, of which grant and request, and when."""
    upgrade(empty_database)
    past = Past(Store(empty_database, clock), clock)
    grant = past.broken()
    sign(past.equipment, past.reviewer.person, grant.id, Outcome.APPROPRIATE)
    downgrade(empty_database, "0013")
    with empty_database.execution_options(broker_writes=True).begin() as connection:
        connection.execute(text("UPDATE reviews SET note = 'seen in the chart'"))
    upgrade(empty_database)
    seal_plain_notes(past.store, past.ledger, past.notes)
    with past.store.read() as reader:
        (note,) = past.notes.on_grant(reader, grant.id)
    assert (note.text, note.about.author_id) == ("seen in the chart", past.reviewer.id)
    assert note.about.request_id == grant.request_id
