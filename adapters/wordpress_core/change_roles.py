"""Brings an account's roles on the site to what its record says, and reads them back."""

from __future__ import annotations

from dataclasses import replace

from broker.adapters.wordpress_core.accounts import Account, Accounts
from broker.adapters.wordpress_core.notebook import Notebook
from broker.adapters.wordpress_core.record import Record
from broker.clock import Clock
from broker.errors import SiteError

LATE_S = 30
"""So long after it was sent a call that nobody answered may still take effect on the site."""


class RoleChange:
    """Whoever calls this is alone with the account, see :meth:`Notebook.alone_with`."""

    def __init__(self, accounts: Accounts, book: Notebook, clock: Clock) -> None:
        self._accounts = accounts
        self._book = book
        self._clock = clock

    def make(self, number: int, account: Account, record: Record) -> tuple[Account, Record]:
        """The account read back, and its record for :meth:`Notebook.keep`. SiteError when a role that ended is still there."""
        if account.roles != record.wanted:
            account = self._write(number, record)
        stuck = {role for lease in record.leaving.values() for role in lease.roles if role in account.roles}
        if stuck - set(record.wanted):
            raise SiteError(
                "The site still shows a role that was taken back.",
                effect_unknown=True,
                help="Look whether a plugin there gives roles by itself.",
            )
        return account, self._settled(record)

    def is_unsure(self, record: Record) -> bool:
        """Whether an earlier write may still come."""
        return 0 <= int(self._clock.wall().timestamp()) - record.unsure_since < LATE_S

    def _write(self, number: int, record: Record) -> Account:
        # Written down before the site is told, so that a crash or a lost answer in between loses no role.
        self._book.keep(number, replace(record, unsure_since=int(self._clock.wall().timestamp())))
        try:
            self._accounts.set_roles(number, record.wanted)
        except SiteError as error:
            if not error.effect_unknown:
                self._book.keep(number, record)
            raise
        account = self._accounts.get(number)
        if account is None:
            raise SiteError("The account vanished from the site just now.", effect_unknown=True)
        return account

    def _settled(self, record: Record) -> Record:
        return record if self.is_unsure(record) else record.settled()
