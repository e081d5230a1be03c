"""Containment as far as WordPress's own REST API goes: no roles, a password nobody knows, no application passwords."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from broker.adapters.lease import EVERYONE, ContainmentAction, ContainmentClaims
from broker.adapters.wordpress_core.accounts import Account, Accounts
from broker.adapters.wordpress_core.change_roles import RoleChange
from broker.adapters.wordpress_core.lend import new_record
from broker.adapters.wordpress_core.notebook import EveryoneFrozen, Notebook
from broker.adapters.wordpress_core.record import Record
from broker.adapters.wordpress_core.who_matters import who_matters

Act = ContainmentAction
_SHUT_OUT = frozenset({Act.FREEZE, Act.END_SESSIONS})
_NO_PASSWORDS = frozenset({Act.FREEZE, Act.DELETE_APPLICATION_PASSWORDS})
_ROLES_CHANGE = frozenset({Act.FREEZE, Act.RELEASE, Act.END_LEASES})


class Containing:
    """The broker's own account is never touched: nobody could undo it."""

    def __init__(self, accounts: Accounts, book: Notebook, change: RoleChange) -> None:
        self._accounts = accounts
        self._book = book
        self._change = change

    def obey(self, order: ContainmentClaims) -> str:
        """Why it was not done, in a word; all else in the order was done. Safe to repeat."""
        why = self._everyone(order) if order.account == EVERYONE else self._one(order)
        # Core REST does not show a shop's API keys; those of a frozen account can do nothing.
        remain = Act.DELETE_API_KEYS in order.actions and Act.FREEZE not in order.actions
        return why or ("api_keys_remain" if remain else "")

    def _one(self, order: ContainmentClaims) -> str:
        found = self._accounts.find(order.account)
        if found is None:
            return "unknown_account"
        if found.id == self._accounts.own().id:
            return "own_account"
        return "" if self._obey(found, order) else "stale_version"

    def _everyone(self, order: ContainmentClaims) -> str:
        frozen = self._book.everyone()
        if frozen is not None and frozen.version > order.version:
            return "stale_version"
        if Act.FREEZE in order.actions:
            spare = [login.casefold() for login in order.spare]
            self._book.keep_everyone(EveryoneFrozen(order.version, spare))
        for account in self._all_but(self._accounts.own(), order):
            self._obey(account, order)  # a later order about this one stands
        if Act.RELEASE in order.actions:
            self._book.keep_everyone(None)
        return ""

    def _all_but(self, own: Account, order: ContainmentClaims) -> Iterator[Account]:
        """Everybody who can do more than read their own things, and everybody we lent roles or froze."""
        spared = {login.casefold() for login in order.spare}
        matter = {account.id: account for account in who_matters(self._accounts)}
        matter |= self._accounts.several(self._book.records())
        for account in matter.values():
            if account.id != own.id and account.login.casefold() not in spared:
                yield account

    def _obey(self, found: Account, order: ContainmentClaims) -> bool:
        """Whether no later order about this account was obeyed before."""
        with self._book.alone_with(found.id):
            account = self._accounts.get(found.id)
            if account is None:
                return True
            if self._book.newest_order(account.id) > order.version:
                return False
            self._book.keep_order(account.id, order.version)
            self._act(account, frozenset(order.actions))
        return True

    def _act(self, account: Account, actions: frozenset[ContainmentAction]) -> None:
        if actions & _ROLES_CHANGE:
            self._change_roles(account, actions)
        if actions & _SHUT_OUT:
            self._accounts.set_password(account.id, secrets.token_urlsafe(32))
        if actions & _NO_PASSWORDS:
            self._accounts.delete_application_passwords(account.id)

    def _change_roles(self, account: Account, actions: frozenset[ContainmentAction]) -> None:
        record = (self._book.record(account.id) or new_record(account)).seen(account.roles)
        if Act.END_LEASES in actions:
            record = self._end_leases(record)
        if Act.FREEZE in actions:
            record = replace(record, frozen=True)
        elif Act.RELEASE in actions:
            record = replace(record, frozen=False)
        _, settled = self._change.make(account.id, account, record)
        self._book.keep(account.id, settled)

    def _end_leases(self, record: Record) -> Record:
        for grant, lease in record.lent.items():
            self._book.keep_ended(grant, datetime.fromtimestamp(lease.expires_at, UTC))
        return record.without(record.lent)
