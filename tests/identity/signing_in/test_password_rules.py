"""What may be a password: any characters, any length from twelve on, nothing that is tried first."""

from __future__ import annotations

import pytest

from broker.errors import Invalid
from broker.identity.signing_in.password_rules import check_choice, words_about
from tests.identity.conftest import Someone

KNOWN = [
    "password1234",
    "qwertyuiop12",
    "123456789012",
    "iloveyouiloveyou",
    "letmeinletmein",
    "aaaaaaaaaaaaaaaaaaaa",
    "abcdefghijklmnop",
]


@pytest.mark.parametrize("password", KNOWN)
def test_what_is_tried_first_is_refused(password: str):
    """Long enough, and known to everybody who guesses."""
    with pytest.raises(Invalid, match="guessed too soon"):
        check_choice(password)


@pytest.mark.parametrize("password", ["emergencyaccess1", "Breakglass2026", "telehealthclinic"])
def test_words_of_the_place_are_no_password(password: str):
    """What stands on every page here counts for nothing."""
    with pytest.raises(Invalid, match="guessed too soon"):
        check_choice(password)


def test_ones_own_name_and_address_count_for_nothing(store, clinician: Someone):
    """Good for anybody else, refused for the one whose name it is made of."""
    from broker.identity.people import by_id

    with store.read() as reader:
        about = words_about(by_id(reader, clinician.id))
    assert {"Clinician", "clinician", "clinic", "example"} <= set(about)
    check_choice("wintershaven-9q")
    with pytest.raises(Invalid):
        check_choice("wintershaven-9q", ["wintershaven-9q"])


@pytest.mark.parametrize(
    "password",
    ["ölschläger trinkt tee", "            x   7  q", "🐢🪑🌧️🎷🧀🪁🛶🧦🥁🪴🎲🧲", "x9" * 20 + "Qmv!" * 22],
)
def test_any_characters_and_a_great_length_are_fine(password: str):
    """Nobody is told which signs to use, and sixty-four characters are not the end."""
    check_choice(password)
