"""``broker issuer``: other systems whose word is taken for who a person is."""

from __future__ import annotations

from pathlib import Path

import click

from broker.cli.client_secrets import KEYS_FILE
from broker.cli.installation import Installation
from broker.cli.person import ACTOR, known
from broker.credentials.clients.public_keys import read_keys
from broker.credentials.exchange.issuers import (
    EMAIL,
    TrustedIssuer,
    add_issuer,
    link_person,
    list_issuers,
    remove_issuer,
)
from broker.errors import Invalid
from broker.policy.durations import in_words, parse_duration
from broker.sites.address import check_address


@click.group()
def issuer() -> None:
    """Take other systems' word for who a person is (RFC 8693)."""


@issuer.command()
@click.argument("issuer_url")
@click.option("--client", "client_id", required=True, help="The one client that may hand in its tokens.")
@click.option("--audience", required=True, help="Whom its tokens are made out to (aud).")
@click.option("--jwks-url", help="Where its public keys are.")
@click.option("--keys", type=KEYS_FILE, help="Or its public keys themselves, a JWK Set.")
@click.option(
    "--claim", default=EMAIL, show_default=True, help="What names the person; email must be verified."
)
@click.option("--max-age", default="10m", show_default=True, help="How old a token may be.")
@click.option("--allow-private", is_flag=True, help="Accept http and private addresses: test issuers only.")
@click.pass_obj
def add(
    installation: Installation,
    issuer_url: str,
    client_id: str,
    audience: str,
    jwks_url: str | None,
    keys: Path | None,
    claim: str,
    max_age: str,
    allow_private: bool,
) -> None:
    """Take the word of ISSUER_URL, as its tokens name it in iss, for who a person is."""
    if jwks_url:
        check_address(jwks_url, allow_private=allow_private)
    try:
        oldest = parse_duration(max_age)
    except ValueError as error:
        raise Invalid(str(error)) from None
    jwks, parts = (read_keys(keys.read_text()) if keys else None), installation.parts
    new = TrustedIssuer(issuer_url, client_id, audience, jwks_url, jwks, claim, oldest, allow_private)
    with parts.store.write() as tx:
        trust_id = add_issuer(tx, parts.ledger, new, actor=ACTOR)
    click.echo(f"Tokens of {issuer_url} are taken from {client_id} ({trust_id}).")
    if claim != EMAIL:
        click.echo(
            f"Say who is who: broker issuer link-person {issuer_url} {claim.upper()} person@clinic.example"
        )


@issuer.command("list")
@click.pass_obj
def list_command(installation: Installation) -> None:
    """Whose word is taken, from which client."""
    with installation.parts.store.read() as reader:
        for trust_id, each in list_issuers(reader):
            age = in_words(each.max_age)
            click.echo(f"{trust_id}\t{each.issuer}\t{each.client_id}\t{each.person_claim}\t{age}")


@issuer.command()
@click.argument("trust_id")
@click.pass_obj
def remove(installation: Installation, trust_id: str) -> None:
    """Take an issuer's word no longer."""
    parts = installation.parts
    with parts.store.write() as tx:
        remove_issuer(tx, parts.ledger, trust_id, actor=ACTOR)
    click.echo("Its word is not taken any more. Tokens that were given for it end within minutes.")


@issuer.command("link-person")
@click.argument("issuer_url")
@click.argument("called")
@click.argument("email")
@click.pass_obj
def link_person_command(installation: Installation, issuer_url: str, called: str, email: str) -> None:
    """Say that ISSUER_URL means the person with EMAIL when it says CALLED."""
    who, parts = known(installation, email), installation.parts
    with parts.store.write() as tx:
        link_person(tx, parts.ledger, issuer_url, called, who.id, actor=ACTOR)
    click.echo(f"{called} of {issuer_url} is {who.email}.")
