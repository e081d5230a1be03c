import time

import pytest

from broker.access.note_check import what_looks_identifying


@pytest.mark.parametrize(
    "note",
    [
        "seen 12.05.1961",
        "call 0171 555 1234",
        "ask x@example.org",
        "Mrs Tester fell",
        "the DOB is known",
        "it is Jane Example",
    ],
)
def test_what_could_identify_somebody_is_noticed(note: str) -> None:
    """Dates, long numbers, addresses and names are warned about."""
    assert what_looks_identifying(note)


@pytest.mark.parametrize(
    "note", ["", "collapsed after the visit", "BP 80 over 40, no answer", "allergy? ward 3"]
)
def test_plain_reasons_pass(note: str) -> None:
    """An ordinary clinical reason is not questioned."""
    assert what_looks_identifying(note) == ()


def test_the_warning_does_not_repeat_what_it_found() -> None:
    """The words of the warning are safe to show anywhere."""
    assert "1961" not in " ".join(what_looks_identifying("seen 12.05.1961"))


@pytest.mark.parametrize("piece", ["a", "1", "1 ", "A ", "Aa", "a.", "@", "Aaa\n", "a@a."])
def test_a_flood_is_looked_through_at_once(piece: str) -> None:
    """No text that somebody sends keeps a thread busy, whatever repeats in it."""
    began = time.monotonic()
    what_looks_identifying(piece * 30_000)
    assert time.monotonic() - began < 0.2
