"""What is sent to ask for access, and the form the verb takes."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from enum import StrEnum

from pydantic import Field

from broker.access.note_check import MAXIMUM_LENGTH
from broker.access.plan import AskForm
from broker.clock import new_id
from broker.patients.register import LONGEST_REFERENCE
from broker.policy.decision import Path
from broker.web.api.frame.call import Call
from broker.web.api.frame.shape import Confirmed, Text


class Way(StrEnum):
    """The ordinary way in, or the louder one. More time is asked for at the access itself."""

    ORDINARY = Path.ORDINARY.value
    BREAK_GLASS = Path.BREAK_GLASS.value


class Asking(Confirmed):
    """What the request form asks. ``note_confirmed``: the note was looked at again and identifies nobody."""

    patient: Text = Field(min_length=1, max_length=LONGEST_REFERENCE, examples=["P-0000"])
    entitlement: Text = Field(min_length=1, max_length=60, examples=["telehealth-recording"])
    purpose: Text = Field(min_length=1, max_length=20, examples=["ETREAT"])
    reason: Text = Field(min_length=1, max_length=60, examples=["unresponsive"])
    note: Text = Field(default="", max_length=MAXIMUM_LENGTH)
    note_confirmed: bool = False
    minutes: int = Field(ge=1, le=10_080, examples=[15])
    path: Way = Way.ORDINARY
    danger: Text = Field(
        default="",
        max_length=MAXIMUM_LENGTH,
        description="To break the glass although a review of one's earlier access is overdue: what threatens the patient.",
    )


class Breaking(Confirmed):
    """``danger``: as in Asking. ``danger_confirmed``: it was looked at again and identifies nobody."""

    danger: Text = Field(default="", max_length=MAXIMUM_LENGTH)
    danger_confirmed: bool = False


def ask_form(call: Call, body: Asking) -> AskForm:
    return AskForm(
        submission=submission(call),
        patient_ref=body.patient,
        entitlement=body.entitlement,
        purpose=body.purpose,
        reason=body.reason,
        note=body.note,
        duration=timedelta(minutes=body.minutes),
        path=Path(body.path.value),
        note_confirmed=body.note_confirmed,
        danger=body.danger if body.path is Way.BREAK_GLASS else "",
    )


def submission(call: Call) -> str:
    """The same for the same person and key, so that asking again after a crash finds what was asked."""
    if not call.key:
        return new_id("form")
    return f"api_{hashlib.sha256(f'{call.who.key} {call.key}'.encode()).hexdigest()[:40]}"
