from __future__ import annotations

import pytest

from broker.errors import Invalid
from broker.identity.email_key import checked_email, email_key


@pytest.mark.parametrize(
    "spelling",
    [
        "a@x.example",
        " A@X.Example ",
        "a+b@x.example",
        "A+anything+else@x.example",
        "a@x.example.",
        "\uff41@x.example",  # full-width a
    ],
)
def test_spellings_of_one_mailbox_share_a_key(spelling):
    """Case, tags, spaces, a final dot and full-width letters make no other identity."""
    assert email_key(spelling) == "a@x.example"


def test_dots_count_except_where_the_provider_ignores_them():
    """Gmail delivers with and without dots, others do not."""
    assert email_key("a.b@googlemail.com") == email_key("ab@gmail.com")
    assert email_key("a.b@x.example") != email_key("ab@x.example")


def test_a_mailbox_that_is_all_tag_keeps_its_name():
    """Two addresses that begin with a plus are not one empty mailbox."""
    assert email_key("+a@x.example") != email_key("+b@x.example")


@pytest.mark.parametrize(
    "typed", ["", "a", "a@", "@x", "a@b@c", "a b@x", "a@x\nBcc: b@y", "a@" + "x" * 260, "\ud800@x"]
)
def test_what_is_no_address_is_refused(typed):
    """Nothing that could end a mail header early, and nothing too long, becomes an address."""
    with pytest.raises(Invalid) as refused:
        checked_email(typed)
    assert "email" in refused.value.faults
