"""What a person must have proved before they change how they confirm that it is them."""

from __future__ import annotations

from enum import StrEnum

from broker.errors import Refused
from broker.identity.factors.lost.reset import Reset, ResetState
from broker.identity.factors.step_up import Action, Proof
from broker.identity.people import Person
from broker.store import Reader


class Change(StrEnum):
    APP = "phone"
    NO_APP = "no_phone"
    CODES = "codes"
    PASSKEY = "passkey"
    NO_PASSKEY = "no_passkey"


def changing(person_id: str, change: Change, which: str = "") -> Action:
    """The act to confirm; ``which`` is the id of the passkey that goes."""
    return Action("factor.replace", {"person": person_id, "what": change.value, "which": which})


def require_right(
    reader: Reader, person: Person, action: Action, proof: Proof | None, plea: Reset | None = None
) -> str:
    """By what right this change is made: ``first``, ``proved`` or ``vouched``. Refused when by none.

    ``plea`` is that of the browser at hand, see ``lost``.
    """
    if not person.has_factor:
        return "first"
    if proof is not None and proof.person_id == person.id and proof.covers(action):
        return "proved"
    if plea is not None and may_begin_anew(reader, person, plea):
        return "vouched"
    raise Refused(
        "Changing how you confirm that it is you has to be confirmed with what you have.",
        help="Use your passkey, a code from your present app, or a recovery code.",
    )


def may_begin_anew(reader: Reader, person: Person, plea: Reset | None) -> bool:
    """Whether somebody vouched for this person in this browser, a short while ago, and nothing was set up since."""
    return plea is not None and plea.person_id == person.id and plea.state_at(reader.at) is ResetState.VOUCHED
