"""``broker person``: who may sign in, and as what."""

from __future__ import annotations

from datetime import timedelta

import click

from broker.access.revoke import revoke_all_of
from broker.cli.installation import Installation
from broker.errors import NotFound
from broker.identity.disable import disable, enable
from broker.identity.factors.forget_factor import forget_factor
from broker.identity.people import Person, Role, add_person, everyone, set_roles
from broker.identity.signing_in.change_password import change_password
from broker.identity.signing_in.password_rules import words_about
from broker.identity.signing_in.passwords import FIRST_PASSWORD_LIMIT, hash_password, keep_hash

ACTOR = "command-line"
CHOOSE_ANOTHER = (
    f"It works for {FIRST_PASSWORD_LIMIT // timedelta(hours=1)} hours: by then they choose one of their own."
)
ROLES = click.Choice([str(role) for role in Role])


@click.group()
def person() -> None:
    """Add people, give them roles, take them out."""


@person.command()
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", "roles", multiple=True, required=True, type=ROLES)
@click.password_option(help="The first password, at least 12 characters; asked for when left out.")
@click.pass_obj
def add(installation: Installation, email: str, name: str, roles: tuple[str, ...], password: str) -> None:
    """Add somebody. They set up their one-time code when they first sign in."""
    hashed = hash_password(password, [name, email])
    parts = installation.parts
    with parts.store.write() as tx:
        held = [Role(role) for role in roles]
        added = add_person(tx, parts.ledger, email=email, name=name, roles=held, actor=ACTOR)
        keep_hash(tx, added.id, hashed, chosen_by_other=True)
    click.echo(f"Added {added.email} ({added.id}). {CHOOSE_ANOTHER}")


@person.command("list")
@click.pass_obj
def list_command(installation: Installation) -> None:
    """Everybody, with their roles."""
    with installation.parts.store.read() as reader:
        for each in everyone(reader):
            state = "out" if each.disabled else _factors(each)
            click.echo(f"{each.email}\t{', '.join(sorted(each.roles))}\t{state}\t{each.id}")


@person.command()
@click.argument("email")
@click.argument("roles", nargs=-1, required=True, type=ROLES)
@click.pass_obj
def roles(installation: Installation, email: str, roles: tuple[str, ...]) -> None:
    """Set the ROLES of the person with EMAIL; what is not named is taken away."""
    who, parts = known(installation, email), installation.parts
    with parts.store.write() as tx:
        set_roles(tx, parts.ledger, who.id, [Role(role) for role in roles], actor=ACTOR)
    click.echo(f"{who.email}: {', '.join(sorted(set(roles)))}")


@person.command("disable")
@click.argument("email")
@click.pass_obj
def disable_command(installation: Installation, email: str) -> None:
    """Shut the person with EMAIL out; end their sessions and their access."""
    who, parts = known(installation, email), installation.parts
    with parts.store.write() as tx:
        disable(tx, parts.ledger, who.id, actor=ACTOR)
    ended = revoke_all_of(parts.equipment, who.id, actor=ACTOR)
    click.echo(f"{who.email} can no longer sign in; {ended} live grants were ended.")


@person.command("enable")
@click.argument("email")
@click.pass_obj
def enable_command(installation: Installation, email: str) -> None:
    """Let the person with EMAIL sign in again, with the password and code they had."""
    who, parts = known(installation, email), installation.parts
    with parts.store.write() as tx:
        enable(tx, parts.ledger, who.id, actor=ACTOR)
    click.echo(f"{who.email} can sign in again.")


@person.command()
@click.argument("email")
@click.password_option(help="The new password, at least 12 characters; asked for when left out.")
@click.pass_obj
def password(installation: Installation, email: str, password: str) -> None:
    """Give the person with EMAIL a new password and end their sessions."""
    who, parts = known(installation, email), installation.parts
    hashed = hash_password(password, words_about(who))
    with parts.store.write() as tx:
        change_password(tx, parts.ledger, who.id, hashed, actor=ACTOR)
    click.echo(f"{who.email} has a new password. {CHOOSE_ANOTHER}")


@person.command("reset-code")
@click.argument("email")
@click.confirmation_option(prompt="Have you made sure, face to face or by phone, that it is really them?")
@click.pass_obj
def reset_code(installation: Installation, email: str) -> None:
    """Forget the lost phone and recovery codes of EMAIL; they set up new ones when they next sign in."""
    who, parts = known(installation, email), installation.parts
    with parts.store.write() as tx:
        forget_factor(tx, parts.ledger, who.id, actor=ACTOR)
    click.echo(f"{who.email} sets up a new code at the next sign-in; all sessions have ended.")


def known(installation: Installation, email: str) -> Person:
    """The person with ``email``, or NotFound that says where to look."""
    found = installation.find_person(email)
    if found is None:
        raise NotFound(f"Nobody has the email address {email}.", help="See: broker person list")
    return found


def _factors(person: Person) -> str:
    held = (("code", person.has_codes), ("passkey", person.has_passkey))
    named = [name for name, has in held if has]
    return f"{' and '.join(named)} set up" if named else "no code yet"
