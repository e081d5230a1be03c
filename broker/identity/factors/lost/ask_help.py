"""Somebody past the password has nothing left to confirm with, and asks a colleague to vouch for them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import insert

from broker.clock import new_id
from broker.errors import Invalid, Refused
from broker.identity.caller import Caller
from broker.identity.factors.lost.reset import (
    LAPSES_AFTER,
    Reset,
    ResetState,
    digest_of,
    get_reset,
    open_resets,
)
from broker.identity.factors.lost.tables import factor_resets
from broker.identity.people import Person
from broker.identity.secret_box import SecretBox
from broker.identity.signing_in.known_sources import knows_source
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Transaction

LONGEST_REASON = 300
# Whoever stole a password must not fill the approvers' list; from where the person is known they can always ask.
MOST_FROM_STRANGERS = 3
# Crockford's alphabet without what sounds alike on the phone.
_ALPHABET = "2346789ACDEFGHJKLMNPQRTWXY"
_LETTERS = 6


@dataclass(frozen=True)
class Asked:
    """``token`` goes into a cookie of this browser and nowhere else."""

    reset: Reset
    token: str


def ask_help(tx: Transaction, ledger: Ledger, person: Person, caller: Caller, reason: str) -> Asked:
    """A plea that lapses after half an hour. Invalid without a reason, Refused where nothing was lost."""
    said = " ".join(reason.split())
    if not said or len(said) > LONGEST_REASON:
        sentence = f"Say in a few words what happened, in at most {LONGEST_REASON} characters."
        raise Invalid(sentence, {"reason": sentence})
    if not person.has_factor:
        raise Refused("Nothing is set up yet that could be lost.", help="Set up a passkey or an app now.")
    if len(open_resets(tx, person.id)) >= MOST_FROM_STRANGERS and not knows_source(
        tx, person.id, caller.source
    ):
        raise Refused(
            "There are several pleas for this account already.", help="Call an approver: they see them."
        )
    token, reset_id = secrets.token_urlsafe(32), new_id("plea")
    tx.execute(
        insert(factor_resets).values(
            id=reset_id,
            person_id=person.id,
            token_digest=digest_of(token),
            reason=said,
            device=caller.device,
            state=ResetState.ASKED.value,
            asked_at=tx.at,
            lapses_at=tx.at + LAPSES_AFTER,
            wrong_codes=0,
        )
    )
    facts = {"plea": reset_id, "source": caller.source}
    ledger.append(tx, Entry("factor.help_asked", person.id, subject=person.id, facts=facts))
    return Asked(get_reset(tx, reset_id), token)


def spoken_code(box: SecretBox, reset: Reset) -> str:
    """Six letters and digits in two groups, which the person reads to the approver; kept nowhere."""
    number = int(box.digest(f"{reset.id}\0{reset.token_digest}", "plea code"), 16)
    letters = ""
    for _ in range(_LETTERS):
        number, place = divmod(number, len(_ALPHABET))
        letters += _ALPHABET[place]
    return f"{letters[:3]}-{letters[3:]}"
