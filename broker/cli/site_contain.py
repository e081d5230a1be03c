"""``broker site contain``, ``release`` and ``orders``: shut accounts of a site out at once, and let them in again."""

from __future__ import annotations

import click

from broker.access.contain import Containment, contain
from broker.access.containment import Order, OrderState, orders_of
from broker.adapters.lease import EVERYONE, ContainmentAction
from broker.cli.installation import Installation
from broker.cli.person import ACTOR
from broker.errors import Invalid
from broker.sites.register import get_site

_WORDS = {
    OrderState.CONFIRMED: "The site did it.",
    OrderState.PENDING: "The site has not confirmed it yet; the broker goes on trying.",
    OrderState.REFUSED: "It was not done.",
}


@click.command("contain")
@click.argument("site_id")
@click.option("--account", help="The login there.")
@click.option("--everyone", is_flag=True, help="Every account there but those spared.")
@click.option("--spare", multiple=True, help="With --everyone: a login to leave alone; may be repeated.")
@click.option("--freeze", is_flag=True, help="Refuse the account everywhere until it is released.")
@click.option("--end-sessions", is_flag=True, help="End its login sessions.")
@click.option("--delete-application-passwords", is_flag=True, help="Delete its application passwords.")
@click.option("--delete-api-keys", is_flag=True, help="Delete its API keys.")
@click.option("--end-leases", is_flag=True, help="End its emergency access, here too.")
@click.pass_obj
def contain_command(
    installation: Installation,
    /,
    site_id: str,
    account: str | None,
    everyone: bool,
    spare: tuple[str, ...],
    **actions: bool,
) -> None:
    """Shut an account, or everyone, out of SITE_ID at once. Exit status 1 while the site has not confirmed it."""
    chosen = tuple(action for action in ContainmentAction if actions.get(action))
    _order(installation, Containment(site_id, _whom(account, everyone), chosen, spare))


@click.command()
@click.argument("site_id")
@click.option("--account", help="The login there.")
@click.option("--everyone", is_flag=True, help="Undo an order about everyone.")
@click.pass_obj
def release(installation: Installation, site_id: str, account: str | None, everyone: bool) -> None:
    """Let an account of SITE_ID that was frozen in again. What was deleted or ended stays so."""
    _order(installation, Containment(site_id, _whom(account, everyone), (ContainmentAction.RELEASE,)))


@click.command()
@click.argument("site_id")
@click.pass_obj
def orders(installation: Installation, site_id: str) -> None:
    """What was ordered about accounts of SITE_ID, the oldest first."""
    with installation.parts.store.read() as reader:
        found = orders_of(reader, get_site(reader, site_id).id)
    for each in found:
        click.echo(f"{each.ordered_at:%Y-%m-%d %H:%M} UTC\t{_line(each)}\t{each.ordered_by}")


def _whom(account: str | None, everyone: bool) -> str:
    if bool(account) == everyone:
        raise Invalid(
            "Say whom it is about.",
            {"account": "one of --account LOGIN and --everyone"},
            help="Use one of them.",
        )
    return account or EVERYONE


def _order(installation: Installation, what: Containment) -> None:
    ordered = contain(installation.parts.equipment, what, actor=ACTOR)
    click.echo(f"{_line(ordered)}\n{_WORDS[ordered.state]} {ordered.fault or ''}".rstrip())
    if ordered.state is not OrderState.CONFIRMED:
        raise click.exceptions.Exit(1)


def _line(order: Order) -> str:
    who = "everyone" if order.account == EVERYONE else order.account
    but = f" but {', '.join(order.spare)}" if order.spare else ""
    return f"{order.id}\t{who}{but}\t{', '.join(order.actions)}\t{order.state}"
