"""A phone becomes a second factor: a picture to scan, then a code to prove that it was scanned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
import segno
from sqlalchemy import insert, select, update

from broker.errors import Unavailable
from broker.identity.factors import recovery_codes, totp
from broker.identity.factors.change import Change, changing, require_right
from broker.identity.factors.lost.reset import Reset
from broker.identity.factors.refusal import Reason, Refusal
from broker.identity.factors.start_over import start_over
from broker.identity.factors.step_up import Proof
from broker.identity.people import Person, by_id
from broker.identity.secret_box import SecretBox
from broker.identity.sessions.end_session import Why, end_all_sessions
from broker.identity.tables import totp_factors
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.store import Transaction

ISSUER = "Emergency access"
PENDING_LIMIT = timedelta(minutes=15)


@dataclass(frozen=True)
class Enrolment:
    """Shown once, never stored or cached: ``secret`` in groups of four, and the same as URI and inline SVG."""

    secret: str
    uri: str
    qr_svg: str


@dataclass(frozen=True)
class Enrolled:
    """Ten recovery codes, shown once."""

    recovery_codes: tuple[str, ...]


def begin_enrolment(
    tx: Transaction,
    box: SecretBox,
    person_id: str,
    proof: Proof | None = None,
    *,
    session: str = "",
    plea: Reset | None = None,
) -> Enrolment:
    """A new secret that waits for its first code; the factor in use, if any, works until then.

    ``proof`` of ``changing(person_id, Change.APP)`` is needed when there is a factor already, or a ``plea``
    somebody vouched for: otherwise Refused.
    ``session`` is the id of the session it is shown in: in another one it is neither shown nor confirmed.
    """
    person = by_id(tx, person_id)
    require_right(tx, person, changing(person_id, Change.APP), proof, plea)
    secret = pyotp.random_base32()
    sealed = box.seal(secret.encode(), _about_pending(person_id, session))
    pending = {"pending": sealed, "pending_at": tx.at}
    changed = tx.execute(update(totp_factors).where(totp_factors.c.person_id == person_id).values(pending))
    if changed.rowcount == 0:
        tx.execute(insert(totp_factors).values(person_id=person_id, last_step=0, **pending))
    return _shown(secret, person)


def pending_enrolment(
    tx: Transaction, box: SecretBox, person_id: str, *, session: str = ""
) -> Enrolment | None:
    """The enrolment under way in ``session``, to show its page again after a wrong code; None when there is none."""
    secret = _pending_secret(tx, box, person_id, session)
    return None if secret is None else _shown(secret, by_id(tx, person_id))


def confirm_enrolment(
    tx: Transaction,
    ledger: Ledger,
    box: SecretBox,
    person_id: str,
    code: str,
    *,
    wall: datetime,
    session: str = "",
    plea: Reset | None = None,
) -> Enrolled | Refusal:
    """The first code of the new secret makes it the factor, and is used up by that. Other sessions are over.

    With a ``plea`` somebody vouched for, everything the person had before is forgotten in the same commit.
    """
    secret = _pending_secret(tx, box, person_id, session)
    if secret is None:
        return Refusal(Reason.NO_FACTOR)
    step = totp.matching_step(secret, code, wall)
    if step is None:
        return Refusal(Reason.WRONG)
    start_over(tx, ledger, by_id(tx, person_id), plea, spare=Change.APP)
    _make_factor(tx, box, person_id, secret, step)
    ledger.append(tx, Entry("factor.enrolled", person_id, subject=person_id, facts={"factor": "totp"}))
    end_all_sessions(tx, ledger, person_id, actor=person_id, why=Why.FACTOR_CHANGED, keep=session)
    return Enrolled(recovery_codes.make_codes(tx, person_id))


def renew_recovery_codes(
    tx: Transaction, ledger: Ledger, person_id: str, proof: Proof, *, session: str = ""
) -> tuple[str, ...]:
    """Ten new ones for ``proof`` of ``changing(person_id, Change.CODES)``; the old list is worthless.

    Sessions other than ``session`` are over.
    """
    require_right(tx, by_id(tx, person_id), changing(person_id, Change.CODES), proof)
    codes = recovery_codes.make_codes(tx, person_id)
    ledger.append(tx, Entry("recovery_codes.renewed", person_id, subject=person_id, facts=proof.facts))
    end_all_sessions(tx, ledger, person_id, actor=person_id, why=Why.FACTOR_CHANGED, keep=session)
    return codes


def _pending_secret(tx: Transaction, box: SecretBox, person_id: str, session: str) -> str | None:
    waiting = select(totp_factors.c.pending, totp_factors.c.pending_at).with_for_update()
    row = tx.one_or_none(waiting.where(totp_factors.c.person_id == person_id))
    if row is None or row.pending is None or tx.at - row.pending_at >= PENDING_LIMIT:
        return None
    try:
        return box.open(row.pending, _about_pending(person_id, session)).decode()
    except Unavailable:
        return None  # begun in another session: whoever else knows the password is not shown the secret


def _make_factor(tx: Transaction, box: SecretBox, person_id: str, secret: str, step: int) -> None:
    tx.execute(
        update(totp_factors)
        .where(totp_factors.c.person_id == person_id)
        .values(
            sealed=box.seal(secret.encode(), totp.sealed_about(person_id)),
            enrolled_at=tx.at,
            last_step=step,
            pending=None,
            pending_at=None,
        )
    )


def _shown(secret: str, person: Person) -> Enrolment:
    uri = pyotp.TOTP(secret).provisioning_uri(name=person.email, issuer_name=ISSUER)
    picture = segno.make(uri, error="m", micro=False)
    svg = picture.svg_inline(
        scale=5, light="#fff", title="QR code for your authenticator app", svgclass=None, lineclass=None
    )
    grouped = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return Enrolment(secret=grouped, uri=uri, qr_svg=str(svg))


def _about_pending(person_id: str, session: str) -> str:
    # Another name than the secret in use has: swapping the two columns opens nothing.
    return f"totp-pending:{person_id}:{session}"
