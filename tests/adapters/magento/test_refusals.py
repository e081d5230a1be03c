"""What is made of Magento's own answers."""

from __future__ import annotations

from typing import Any

import pytest

from broker.adapters.magento.refusals import magento_refusal
from broker.errors import CompanionMissing, SiteError

SEEN = {
    "The consumer isn't authorized to access %resources.": "does not let the broker's integration in",
    "The signature is invalid. Verify and try again.": "does not accept the signature",
    "The broker calls by its integration only.": "from its integration alone",
}


@pytest.mark.parametrize(("message", "words"), SEEN.items())
def test_denied(message: str, words: str) -> None:
    """As seen on a real shop: nothing happened, and the next step is named."""
    error = magento_refusal(401, {"message": message, "parameters": {"resources": "x"}})
    assert isinstance(error, SiteError)
    assert words in str(error)
    assert not error.effect_unknown
    assert "broker site secret" in error.help


def test_no_route() -> None:
    """The module is gone or switched off."""
    error = magento_refusal(404, {"message": "Request does not match any route."})
    assert isinstance(error, CompanionMissing)


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (401, {"code": "clock_skew", "message": "The emergency access companion refuses the call."}),
        (401, None),
        (401, {"message": None}),
        (404, {"message": "No such entity."}),
        (500, {"message": "Internal Error."}),
        (503, None),
    ],
)
def test_everything_else(status: int, answer: Any) -> None:
    """Is left to whoever reads every companion's answers."""
    assert magento_refusal(status, answer) is None
