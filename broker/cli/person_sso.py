"""``broker person link-sso`` and ``unlink-sso``: whom a provider means, said by hand."""

from __future__ import annotations

import click

from broker.cli.installation import Installation
from broker.cli.person import ACTOR, known
from broker.errors import ConfigurationError
from broker.identity.sessions.end_session import Why, end_all_sessions
from broker.identity.single_sign_on.identities import link, unlink

ISSUER = "The provider; the one named in BROKER_OIDC_ISSUER when left out."


@click.command("link-sso")
@click.argument("email")
@click.argument("subject")
@click.option("--issuer", default="", help=ISSUER)
@click.pass_obj
def link_sso(installation: Installation, email: str, subject: str, issuer: str) -> None:
    """Let the provider's SUBJECT (its sub claim) be the person with EMAIL."""
    who, parts = known(installation, email), installation.parts
    with parts.store.write() as tx:
        link(
            tx, parts.ledger, who.id, _issuer(installation, issuer), subject, how="command line", actor=ACTOR
        )
    click.echo(f"{who.email} can sign in with the provider.")


@click.command("unlink-sso")
@click.argument("email")
@click.option("--issuer", default="", help=ISSUER)
@click.pass_obj
def unlink_sso(installation: Installation, email: str, issuer: str) -> None:
    """Let the provider mean nobody by the person with EMAIL any more; end their sessions."""
    who, parts = known(installation, email), installation.parts
    with parts.store.write() as tx:
        gone = unlink(tx, parts.ledger, who.id, _issuer(installation, issuer), actor=ACTOR)
        end_all_sessions(tx, parts.ledger, who.id, actor=ACTOR, why=Why.ENDED_BY_OTHER)
    click.echo(f"{who.email} {'is no longer linked' if gone else 'was not linked'}; all sessions have ended.")


def _issuer(installation: Installation, named: str) -> str:
    issuer = named or installation.settings.oidc_issuer
    if not issuer:
        raise ConfigurationError("No provider is named.", help="Set BROKER_OIDC_ISSUER, or say --issuer.")
    return issuer
