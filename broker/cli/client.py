"""``broker client``: software that may ask for tokens, or ask about them."""

from __future__ import annotations

from pathlib import Path

import click

from broker.cli.client_secrets import KEYS_FILE, rotate_secret, set_keys_command, show_once
from broker.cli.installation import Installation
from broker.cli.person import ACTOR
from broker.credentials.clients.fitness import checked
from broker.credentials.clients.public_keys import read_keys
from broker.credentials.clients.register import (
    AuthMethod,
    Client,
    GrantType,
    NewClient,
    disable_client,
    enable_client,
    get_client,
    list_clients,
    register_client,
)
from broker.credentials.clients.scopes import SCOPES
from broker.credentials.clients.secret import give_secret

# The standard's own name for the third is an address nobody types.
_WAYS = {
    "authorization_code": GrantType.CODE,
    "client_credentials": GrantType.CLIENT,
    "token-exchange": GrantType.EXCHANGE,
}


@click.group()
def client() -> None:
    """Let software ask for tokens, or ask about them."""


@client.command()
@click.argument("name")
@click.option(
    "--auth",
    type=click.Choice([method.value for method in AuthMethod]),
    default=AuthMethod.SECRET.value,
    show_default=True,
    help="How it proves who it is.",
)
@click.option("--grant", "ways", multiple=True, type=click.Choice(list(_WAYS)), help="What it may hand in.")
@click.option("--redirect", "redirects", multiple=True, help="Where people are sent back to, to the letter.")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(list(SCOPES)), metavar="SCOPE")
@click.option("--audience", help="It is the resource server of tokens for this audience.")
@click.option("--dpop", is_flag=True, help="It gets no token that is not bound to a key (RFC 9449).")
@click.option("--keys", type=KEYS_FILE, help="Its public keys, a JWK Set, for private_key_jwt.")
@click.pass_obj
def add(
    installation: Installation,
    name: str,
    auth: str,
    ways: tuple[str, ...],
    redirects: tuple[str, ...],
    scopes: tuple[str, ...],
    audience: str | None,
    dpop: bool,
    keys: Path | None,
) -> None:
    """Register the software people know as NAME; its secret, if it has one, is shown this once."""
    new = checked(
        NewClient(
            name=name,
            auth_method=AuthMethod(auth),
            redirect_uris=redirects,
            grant_types=frozenset(_WAYS[way] for way in ways),
            scopes=frozenset(scopes),
            audience=audience,
            dpop_required=dpop,
            jwks=read_keys(keys.read_text()) if keys else None,
        )
    )
    parts = installation.parts
    with parts.store.write() as tx:
        added = register_client(tx, parts.ledger, new, actor=ACTOR)
        secret = give_secret(tx, parts.ledger, added.id, actor=ACTOR) if _has_secret(added) else ""
    click.echo(f"{added.name} is registered as {added.id}.")
    show_once(secret)


@client.command("list")
@click.pass_obj
def list_command(installation: Installation) -> None:
    """Every client."""
    with installation.parts.store.read() as reader:
        for each in list_clients(reader):
            state = "out" if each.disabled_at else "in"
            click.echo(f"{each.id}\t{each.auth_method}\t{state}\t{each.name}")


@client.command()
@click.argument("client_id")
@click.pass_obj
def show(installation: Installation, client_id: str) -> None:
    """What one client may do. Its secret is not kept, so it cannot be shown."""
    with installation.parts.store.read() as reader:
        found = get_client(reader, client_id)
    for term, said in _facts(found):
        click.echo(f"{term}: {said}")


@client.command("disable")
@click.argument("client_id")
@click.pass_obj
def disable_command(installation: Installation, client_id: str) -> None:
    """Shut a client out; every token it holds is dead at once."""
    parts = installation.parts
    with parts.store.write() as tx:
        disable_client(tx, parts.ledger, client_id, actor=ACTOR)
    click.echo("It gets no token any more, and those it had are dead.")


@client.command("enable")
@click.argument("client_id")
@click.pass_obj
def enable_command(installation: Installation, client_id: str) -> None:
    """Let a client in again, with the secret or keys it had. Tokens of before stay dead."""
    parts = installation.parts
    with parts.store.write() as tx:
        enable_client(tx, parts.ledger, client_id, actor=ACTOR)
    click.echo("It may ask for tokens again.")


for command in (rotate_secret, set_keys_command):
    client.add_command(command)


def _has_secret(client: Client) -> bool:
    return client.auth_method is AuthMethod.SECRET


def _facts(client: Client) -> list[tuple[str, str]]:
    keys = [key["kid"] for key in (client.jwks or {"keys": []})["keys"]]
    facts = [
        ("Name", client.name),
        ("Proves itself by", client.auth_method.value),
        ("Hands in", ", ".join(sorted(client.grant_types))),
        ("Redirects to", " ".join(client.redirect_uris)),
        ("Scopes", " ".join(sorted(client.scopes))),
        ("Resource server for", client.audience or ""),
        ("Tokens", "bound to a key" if client.dpop_required else ""),
        ("Keys", ", ".join(keys)),
        ("Out since", client.disabled_at.isoformat() if client.disabled_at else ""),
    ]
    return [(term, said) for term, said in facts if said]
