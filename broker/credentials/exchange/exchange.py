"""Takes another system's word for who a person is, and gives that person's software a token (RFC 8693).

It never gives access: it finds what the person holds already.
"""

from __future__ import annotations

from dataclasses import dataclass

from broker.credentials.authorizing.wanted import Wanted, choices_of
from broker.credentials.clients.register import Client
from broker.credentials.exchange.issuer_keys import IssuerKeys
from broker.credentials.exchange.issuers import EMAIL, TrustedIssuer, issuer_for, person_called
from broker.credentials.exchange.subject_token import Subject, SubjectRefused, read_subject, unchecked
from broker.credentials.tokens.access_token import Issued, Mint
from broker.credentials.tokens.issue import issue_for_grant, issue_for_person
from broker.errors import Refused
from broker.identity.people import Person, by_email, by_id
from broker.ledger.entry import Entry
from broker.store import Reader, Store, Transaction


class TargetRefused(Refused):
    """The person holds nothing the software could get a token of; nobody learns whether they ever did."""

    help = "The person asks for access in the broker; name it by its identifier where there are several."


@dataclass(frozen=True)
class Counter:
    """What every exchange works with. ``api_audience`` is that of tokens for the broker's own API."""

    store: Store
    mint: Mint
    issuer_keys: IssuerKeys
    api_audience: str


@dataclass(frozen=True)
class Asked:
    """``scopes`` ask for a token of the person at the API; without them it is one of the access that ``wanted`` means."""

    subject_token: str
    wanted: Wanted
    scopes: frozenset[str]
    jkt: str | None


def exchange(counter: Counter, client: Client, asked: Asked) -> Issued:
    """A token of ours that names the client as the actor.

    Raises SubjectRefused and TargetRefused, both after they are in the ledger, Refused and
    Conflict as issuing does, and Unavailable when the issuer's keys cannot be had. Asks
    the network, so it must not run inside a transaction.
    """
    trusted, subject = _who(counter, client, asked.subject_token)
    counter.mint.keys.current()  # unwrapped before the transaction, not inside it
    with counter.store.write() as tx:
        # What was trusted when its keys were asked for may have been let go while they came.
        still = issuer_for(tx, client.id, trusted.issuer) == trusted
        person = _person(tx, trusted, subject) if still else None
        if person is not None:
            issued = _issue(tx, counter, client, person, subject, asked)
            if issued is not None:
                return issued
        # The issuer signed for this person, so whoever reviews may know that somebody came.
        _write_down(tx, counter.mint, client, trusted, person)
    if person is None:
        raise SubjectRefused("the person it speaks of has no account here")
    raise TargetRefused("There is no one live access that this asks for.")


def _who(counter: Counter, client: Client, text: str) -> tuple[TrustedIssuer, Subject]:
    named, header = unchecked(text)
    with counter.store.read() as reader:
        trusted, now = issuer_for(reader, client.id, named), reader.at
    if trusted is None:
        raise SubjectRefused("its issuer is not one this client may hand in tokens of")
    keys = counter.issuer_keys.of(trusted, header, now)
    return trusted, read_subject(text, trusted, keys, now)


def _person(reader: Reader, trusted: TrustedIssuer, subject: Subject) -> Person | None:
    if trusted.person_claim == EMAIL:
        found = by_email(reader, subject.called)
    else:
        person_id = person_called(reader, trusted.issuer, subject.called)
        found = by_id(reader, person_id) if person_id else None
    return None if found is None or found.disabled else found


def _issue(
    tx: Transaction, counter: Counter, client: Client, person: Person, subject: Subject, asked: Asked
) -> Issued | None:
    if asked.scopes:
        return issue_for_person(
            tx,
            counter.mint,
            person_id=person.id,
            client_id=client.id,
            audience=counter.api_audience,
            scopes=asked.scopes,
            jkt=asked.jkt,
            # How sure the other system was is its own affair: our acts ask for our own factor.
            acr=None,
            amr=(),
            auth_time=subject.auth_time,
            actor=client.id,
        )
    meant = choices_of(tx, person.id, asked.wanted)
    if len(meant) != 1:
        return None
    grant, audience = meant[0].grant, meant[0].offer.audience
    return issue_for_grant(
        tx,
        counter.mint,
        grant=grant,
        client_id=client.id,
        audience=audience,
        jkt=asked.jkt,
        actor=client.id,
    )


def _write_down(
    tx: Transaction, mint: Mint, client: Client, trusted: TrustedIssuer, person: Person | None
) -> None:
    facts = {"client": client.id, "issuer": trusted.issuer, "reason": "no_access" if person else "nobody"}
    about = person.id if person else None
    mint.ledger.append(tx, Entry("exchange.refused", f"client:{client.id}", subject=about, facts=facts))
