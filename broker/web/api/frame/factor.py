"""The second factor that came with an act."""

from __future__ import annotations

from broker.access.equipment import TypedCode
from broker.errors import Invalid
from broker.web.api.frame.call import Call
from broker.web.api.frame.shape import Confirmed
from broker.web.frame.browser import caller


def typed(call: Call, given: Confirmed) -> TypedCode:
    """What to confirm the act with; Invalid when there is nothing, whoever calls."""
    shown = TypedCode(given.code, _source(call), given.passkey)
    if shown.is_empty:
        raise Invalid(
            "A second factor is needed for this.",
            {"code": "Send the one-time code that is shown now, or `passkey`."},
        )
    return shown


def is_given(given: Confirmed) -> bool:
    return bool(given.code.strip() or given.passkey)


def _source(call: Call) -> str:
    # Wrong tries through one program do not slow down the person's own browser.
    return call.who.token.client_id if call.who.token else caller().source
