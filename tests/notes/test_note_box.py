from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from broker.errors import ConfigurationError
from broker.notes.note import About, NoteKind
from broker.notes.note_box import NoteBox, bound_to
from broker.notes.seal import digest_of, seal, unseal
from broker.notes.tables import notes
from broker.sealing import CannotOpen
from broker.store import Store
from broker.store.leftovers import let_go_of_leftovers

BOX = NoteBox(bytes(range(32)))
ABOUT = About(NoteKind.REQUEST, "req_a", "person_a")
WORDS = "collapsed after the visit"


def kept(store: Store, words: str = WORDS, about: About = ABOUT) -> dict[str, str]:
    with store.write() as tx:
        fact = BOX.write(tx, words, about)
    assert fact is not None
    return fact


def shown(store: Store, box: NoteBox = BOX, request_id: str = "req_a") -> str:
    with store.read() as reader:
        note = box.note_of(reader, request_id)
    return note.shown if note else ""


@given(st.text())
def test_what_was_sealed_comes_back(words: str) -> None:
    """Whatever the text, also one that ends as the padding does."""
    sealed = seal(words.encode(errors="replace").decode(), "about")
    assert unseal(sealed.key, sealed.sealed, "about") == words.encode(errors="replace").decode()


@pytest.mark.parametrize("words", ["\0", "x\x80", "x\0\0", "", "x" * 63, "x" * 64, "ü" * 500])
def test_no_length_and_no_end_confuses_it(words: str) -> None:
    """Padding is told from text, and lengths show only in blocks of 64 bytes."""
    sealed = seal(words, "about")
    assert unseal(sealed.key, sealed.sealed, "about") == words
    assert (len(sealed.sealed) - 29) % 64 == 0


def test_the_same_words_are_never_sealed_alike() -> None:
    """Neither the bytes nor the digest tell that two people wrote the same."""
    one, two = seal(WORDS, "about"), seal(WORDS, "about")
    assert one.digest != two.digest
    assert one.sealed != two.sealed
    assert one.digest != digest_of(two.key, WORDS, "about")


def test_nothing_readable_is_stored(store: Store) -> None:
    """The row and what goes into the ledger hold no word of it."""
    fact = kept(store)
    with store.read() as reader:
        row = reader.one_or_none(select(notes))
    assert WORDS not in f"{row} {fact}"
    assert set(fact) == {"id", "digest", "sealed"}
    assert shown(store) == WORDS


def test_an_empty_note_is_no_note(store: Store) -> None:
    """Nothing is stored, and nothing is there to erase."""
    with store.write() as tx:
        assert BOX.write(tx, "", ABOUT) is None
    assert shown(store) == ""


def test_another_key_opens_nothing(store: Store) -> None:
    """A stolen database without the key file shows no note, and nothing breaks."""
    kept(store)
    assert "cannot be opened" in shown(store, NoteBox(bytes(32)))
    with pytest.raises(ConfigurationError):
        NoteBox(b"short")


@pytest.mark.parametrize("column", ["request_id", "author_id", "kind", "grant_id"])
def test_a_note_moved_elsewhere_does_not_open(store: Store, column: str) -> None:
    """Whoever writes into the database cannot put somebody's words into another's mouth."""
    kept(store)
    moved = {"request_id": "req_a", "author_id": "person_a", "kind": "request", "grant_id": None}
    moved[column] = {"kind": "comment"}.get(column, "moved")
    with store.write() as tx:
        tx.execute(update(notes).values(**moved))
    with store.read() as reader:
        (note,) = BOX.by_id(reader, [reader.execute(select(notes.c.id)).scalar_one()]).values()
    assert note.text is None
    assert "row was altered" in note.shown


def test_keys_exchanged_between_notes_open_neither(store: Store) -> None:
    """Each key is bound to its own note."""
    kept(store)
    kept(store, "another", About(NoteKind.REQUEST, "req_b", "person_a"))
    with store.write() as tx:
        one, two = tx.all(select(notes.c.id, notes.c.wrapped).order_by(notes.c.request_id))
        tx.execute(update(notes).where(notes.c.id == one.id).values(wrapped=two.wrapped))
        tx.execute(update(notes).where(notes.c.id == two.id).values(wrapped=one.wrapped))
    assert WORDS not in shown(store)
    assert "another" not in shown(store, request_id="req_b")


def test_what_is_erased_is_gone_for_ever(store: Store) -> None:
    """The day is shown in its place; the sealed text in the ledger opens with nothing that is left."""
    fact = kept(store)
    with store.write() as tx:
        assert BOX.erase(tx, fact["id"])
        assert not BOX.erase(tx, fact["id"])
    assert shown(store) == "Erased on 2026-03-01."
    with store.read() as reader:
        row = reader.one_or_none(select(notes))
    assert row is not None
    assert (row.sealed, row.wrapped, row.plain) == (None, None, None)


def test_nothing_of_the_key_stays_in_the_file(sqlite_store: Store) -> None:
    """Once erased and let go of, neither the database nor its log of writes holds the key's bytes any more."""
    fact = kept(sqlite_store)
    with sqlite_store.read() as reader:
        wrapped = reader.execute(select(notes.c.wrapped)).scalar_one()
    with sqlite_store.write() as tx:
        BOX.erase(tx, fact["id"])
    let_go_of_leftovers(sqlite_store)
    for suffix in ("", "-wal"):
        assert wrapped not in Path(f"{sqlite_store.engine.url.database}{suffix}").read_bytes(), suffix


def test_the_digest_holds_whoever_has_key_and_text() -> None:
    """Another text, another place or another key does not fit what the ledger holds."""
    about = bound_to("note_a", ABOUT)
    sealed = seal(WORDS, about)
    assert digest_of(sealed.key, WORDS, about) == sealed.digest
    assert digest_of(sealed.key, WORDS + ".", about) != sealed.digest
    assert digest_of(sealed.key, WORDS, bound_to("note_b", ABOUT)) != sealed.digest
    with pytest.raises(CannotOpen):
        unseal(sealed.key, sealed.sealed, bound_to("note_b", ABOUT))
