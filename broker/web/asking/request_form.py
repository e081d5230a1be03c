"""Reads what was typed into the request form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from broker.access.note_check import MAXIMUM_LENGTH, what_looks_identifying
from broker.access.plan import AskForm
from broker.clock import new_id
from broker.policy.decision import Path

FIELDS = (
    "submission",
    "patient",
    "entitlement",
    "purpose",
    "reason",
    "note",
    "duration",
    "danger",
    "note_confirmed",
)
_SUBMISSION = re.compile(r"form_[0-9a-f]{20}")
_LONGEST_MINUTES = 5  # digits
_MISSING = {
    "patient": "Enter the patient's id as the clinic knows it.",
    "entitlement": "Choose what you need.",
    "purpose": "Choose a purpose.",
    "reason": "Choose a reason.",
    "duration": "Choose for how long.",
    "code": "Enter the one-time code your app shows now.",
}


def values_of(typed: Mapping[str, str]) -> dict[str, str]:
    """Every field as text; a submission id is made when none of ours came along."""
    values = {name: typed.get(name, "") for name in FIELDS}
    if not _SUBMISSION.fullmatch(values["submission"]):
        values["submission"] = new_id("form")
    return values


def missing(values: Mapping[str, str], code: str) -> dict[str, str]:
    """A fault for each field that was left empty, in the order of the form."""
    given = {**values, "code": code, "duration": values["duration"] if minutes_in(values["duration"]) else ""}
    return {name: sentence for name, sentence in _MISSING.items() if not given[name].strip()}


def ask_form(values: Mapping[str, str], path: Path) -> AskForm:
    """What the verb takes. Only for values in which nothing is missing."""
    return AskForm(
        submission=values["submission"],
        patient_ref=values["patient"],
        entitlement=values["entitlement"],
        purpose=values["purpose"],
        reason=values["reason"],
        note=values["note"],
        duration=minutes_in(values["duration"]) or timedelta(),
        path=path,
        note_confirmed=values["note_confirmed"] == "yes",
        danger=values["danger"] if path is Path.BREAK_GLASS else "",
    )


def path_of(button: str | None) -> Path:
    """The way in that the pressed button stands for; Return in a field is the ordinary one."""
    return Path.BREAK_GLASS if button == Path.BREAK_GLASS.value else Path.ORDINARY


def minutes_in(text: str) -> timedelta | None:
    """None when it is no number of minutes."""
    plain = text.strip()
    usable = plain.isascii() and plain.isdigit() and len(plain) <= _LONGEST_MINUTES
    return timedelta(minutes=int(plain)) if usable else None


def asks_to_confirm(values: Mapping[str, str], *, warned: bool) -> bool:
    """Whether to show the box that says the texts identify nobody: after the warning, and once ticked."""
    texts = (values["note"], values["danger"])
    if max(map(len, texts)) > MAXIMUM_LENGTH:
        return False  # looking through a long text takes long
    return bool(values["note_confirmed"]) or (warned and any(map(what_looks_identifying, texts)))
