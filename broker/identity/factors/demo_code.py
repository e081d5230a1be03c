"""The code a phone would show, for demo people who have no phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp

from broker.errors import NotFound
from broker.identity.factors import totp
from broker.identity.secret_box import SecretBox
from broker.store import Reader


@dataclass(frozen=True)
class CurrentCode:
    code: str
    step: int


def current_code(reader: Reader, box: SecretBox, person_id: str, wall: datetime) -> CurrentCode | timedelta:
    """The first code that would be accepted at ``wall``, or how long until there is one.

    NotFound when the person has not enrolled. The caller sees to it that this
    is a demo: nothing else may print a code.
    """
    secret = totp.secret_of(reader, box, person_id)
    if secret is None:
        raise NotFound("No one-time code is set up for this person.")
    now = totp.step_at(wall)
    step = max(now, totp.last_step(reader, person_id) + 1)
    if step > now + totp.WINDOW:
        return totp.step_begins(step - totp.WINDOW) - wall
    return CurrentCode(code=pyotp.TOTP(secret).generate_otp(step), step=step)
