"""The receipt of access: its entries in the ledger, and the proof."""

from __future__ import annotations

from pydantic import Field

from broker.web.api.frame.call import Call
from broker.web.api.frame.operation import Door, Family
from broker.web.api.frame.seeing import grant_seen
from broker.web.api.frame.shape import Told
from broker.web.holding.receipts import receipt_for
from broker.web.parts import parts

receipts = Family("holding")


class ProvedEntry(Told):
    """``body`` is the entry's bytes as text; ``proof`` leads from it to the checkpoint's root."""

    body: str
    proof: list[str] = Field(description="hashes in base64, the entry's sibling first")


class Receipt(Told):
    """A file of the form broker-receipt/1, see docs/receipts.md. ``later`` holds entries under no checkpoint yet."""

    format: str
    grant: str
    request: str
    key: str
    checkpoint: str
    entries: list[ProvedEntry]
    later: list[str]


@receipts.get(
    "/grants/<grant_id>/receipt",
    "Take the receipt of access",
    Door(scope="grants:read", software=True),
    refusals=(409,),
)
def show_receipt(call: Call, grant_id: str) -> Receipt:
    """What the ledger holds about it, and the proof. Keep the answer as it is: it is the file others check."""
    with parts().store.read() as reader:
        grant = grant_seen(reader, call.who, grant_id)
    return Receipt.model_validate(receipt_for(call.who.person, grant))
