"""Lends an account roles and takes them back: its own roles are remembered first and restored exactly."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from broker.adapters.wordpress_core.accounts import Account, Accounts
from broker.adapters.wordpress_core.change_roles import RoleChange
from broker.adapters.wordpress_core.notebook import Notebook
from broker.adapters.wordpress_core.record import Lent, Record
from broker.adapters.wordpress_core.refusals import Refusal
from broker.adapters.wordpress_core.scope import ruling
from broker.errors import SiteError


class Lending:
    def __init__(self, accounts: Accounts, book: Notebook, change: RoleChange) -> None:
        self._accounts = accounts
        self._book = book
        self._change = change

    def lend(self, grant: str, lease: Lent) -> str:
        """Why not, in a word; empty when the account has the roles, read back from the site."""
        found = self._accounts.find(lease.account)
        if found is None:
            return "unknown_account"
        with self._book.alone_with(found.id):
            account = self._accounts.get(found.id)
            if account is None:
                return "unknown_account"
            record = (self._book.record(found.id) or new_record(account)).seen(account.roles)
            if self._book.holder(grant) not in {None, found.id}:
                return "account_changed"
            # Before looking whether it has ended: a revocation that comes now finds one of the two.
            self._book.keep_holder(grant, found.id)
            if why := self._objection(account, record, grant, lease):
                return why
            return self._lend(account, record.with_lease(grant, lease), grant)

    def take_back(self, number: int, grants: Collection[str]) -> None:
        """End those grants of one account; SiteError unless it was read back that nothing of them is left."""
        with self._book.alone_with(number):
            record, account = self._book.record(number), self._accounts.get(number)
            if record is not None and account is not None:
                self._take_back(account, record.seen(account.roles), grants)
            elif record is not None:  # nobody is left who could hold anything
                self._book.keep(number, replace(record, lent={}, leaving={}, frozen=False))
            for grant in grants:
                self._book.forget_holder(grant)

    def _objection(self, account: Account, record: Record, grant: str, lease: Lent) -> str:
        if self._book.is_ended(grant) or grant in record.leaving:
            return "revoked"
        if is_frozen(self._book, account, record):
            return "frozen"
        held = record.lent.get(grant, lease)
        if held.version > lease.version:
            return "stale_version"
        return "version_conflict" if held.version == lease.version and held != lease else ""

    def _lend(self, before: Account, record: Record, grant: str) -> str:
        roles = set(record.lent[grant].roles)
        try:
            account, settled = self._change.make(before.id, before, record)
        except Refusal as error:
            if error.code != "rest_user_invalid_role":
                raise
            self._take_back(before, record, [grant])
            return "unknown_role"
        why = "not_kept" if roles - set(account.roles) else ""
        if ruling(account.capabilities) - set(record.ruling):
            why = "forbidden_role"
        if why:
            self._take_back(account, record, [grant])
            return why
        self._book.keep(before.id, settled)
        return ""

    def _take_back(self, account: Account, record: Record, grants: Collection[str]) -> None:
        if not set(grants) & {*record.lent, *record.leaving}:
            return
        record = record.without(grants)
        unsure = self._change.is_unsure(record)
        _, settled = self._change.make(account.id, account, record)
        self._book.keep(account.id, settled)
        if unsure:
            raise SiteError(
                "An earlier call to the site was never answered and may still take effect there.",
                effect_unknown=True,
                help="Nothing to do: the broker looks again when it no longer can.",
            )


def new_record(account: Account) -> Record:
    """Of an account nothing is lent to yet."""
    return Record(account.login, account.roles, tuple(sorted(ruling(account.capabilities))))


def is_frozen(book: Notebook, account: Account, record: Record | None) -> bool:
    """By an order about this account, or by one about everyone that came later and did not spare it."""
    if record is not None and record.frozen:
        return True
    order = book.everyone()
    if order is None or book.newest_order(account.id) > order.version:
        return False
    return account.login.casefold() not in order.spare
