from __future__ import annotations

import pytest

from broker.identity.factors.totp import is_totp
from broker.identity.factors.typed_code import normalise


@pytest.mark.parametrize(
    "typed",
    [
        "123456",
        " 123 456 ",
        "123-456",
        "123\u2013456",
        "12 34 56\r\n",
        "123\u00a0456",
        "\u200b123456",
        "\uff11\uff12\uff13\uff14\uff15\uff16",
        "\u0661\u0662\u0663\u0664\u0665\u0666",
    ],
)
def test_a_code_is_taken_as_people_type_and_paste_it(typed):
    """Spaces, dashes, invisible characters and other digits all mean the same six."""
    assert normalise(typed) == "123456"
    assert is_totp(typed)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "1" * 1000, "\u00b9" * 7, "123.456"])
def test_what_is_no_one_time_code_is_not_taken_for_one(typed):
    """Six digits and nothing else."""
    assert not is_totp(typed)
