"""Reads the site back: which lent roles are really there, who could get in anyway, and how it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from broker.adapters.port import AccountState, ActiveLease, Health, Observation
from broker.adapters.wordpress_core.accounts import USERS, Account, Accounts
from broker.adapters.wordpress_core.lend import is_frozen
from broker.adapters.wordpress_core.notebook import Notebook
from broker.adapters.wordpress_core.record import Record
from broker.adapters.wordpress_core.refusals import Refusal
from broker.adapters.wordpress_core.rest import CoreRest
from broker.adapters.wordpress_core.who_matters import who_matters

_GENERATOR = re.compile(r"<generator>https?://wordpress\.org/\?v=([0-9][0-9A-Za-z.-]{0,30})</generator>")
_NEEDED = ("list_users", "edit_users", "promote_users")
# Each costs a call, and a person waits for the answer.
_MOST_COUNTED = 20


class Look:
    def __init__(self, rest: CoreRest, accounts: Accounts, book: Notebook) -> None:
        self._rest = rest
        self._accounts = accounts
        self._book = book

    def observe(self) -> Observation:
        """Without a mark: the site cannot remember what it was told."""
        records = self._book.records()
        ours = self._accounts.several(records)
        active: dict[str, ActiveLease] = {}
        for number, account in ours.items():
            active |= _active(account, records[number])
        matter = {**ours, **{account.id: account for account in who_matters(self._accounts)}}
        return Observation(
            active=active,
            site_time=self._rest.get(f"{USERS}/me", _fields="id").site_time,
            accounts=self._states(matter, records),
            everyone_frozen=self._book.everyone() is not None,
        )

    def readiness(self, logins: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        return {login: tuple(self._problems(login)) for login in logins}

    def effective(self, role: str) -> tuple[str, ...]:
        """What the role may do, told by an account that holds nothing else; the role alone when there is none."""
        holders = self._accounts.every(roles=role)
        alone = next((each for each in holders if each.roles == (role,)), None)
        allowed = alone.capabilities - {role} if alone else ()
        return (f"role {role}", *sorted(allowed))

    def health(self) -> Health:
        me = self._rest.get(f"{USERS}/me", context="edit", _fields="id,capabilities")
        own, problems = self._accounts.own(), []
        if lacking := [name for name in _NEEDED if name not in own.capabilities]:
            problems.append(("account_too_weak", _TOO_WEAK.format(", ".join(lacking))))
        if self._application_passwords(own) is None:
            problems.append(("application_passwords_hidden", _HIDDEN))
        self._rest.get(USERS, context="edit", _fields="id", per_page=1)
        return Health(
            platform_version=self._version(),
            companion_version="",
            companion_digest="",
            site_time=me.site_time,
            problems=tuple(sentence for _, sentence in problems),
            words=tuple(word for word, _ in problems),
        )

    def _problems(self, login: str) -> list[str]:
        account = self._accounts.find(login)
        if account is None:
            return ["unknown_account"]
        return ["frozen"] if is_frozen(self._book, account, self._book.record(account.id)) else []

    def _states(
        self, accounts: Mapping[int, Account], records: Mapping[int, Record]
    ) -> dict[str, AccountState]:
        states = {}
        for place, (number, account) in enumerate(accounts.items()):
            counted = self._application_passwords(account) if place < _MOST_COUNTED else None
            frozen = number in records and records[number].frozen
            states[account.login] = AccountState(
                account.login, account.roles, application_passwords=counted or 0, frozen=frozen
            )
        return states

    def _application_passwords(self, account: Account) -> int | None:
        try:
            return self._accounts.application_passwords(account.id)
        except Refusal:
            return None

    def _version(self) -> str:
        try:
            found = _GENERATOR.search(self._rest.page(feed="rss2").text)
        except Refusal:  # feeds may be switched off
            found = None
        return found[1] if found else "of an unknown version"


_TOO_WEAK = "The broker's account on the site lacks {}, so it cannot lend or take back roles. Make it an administrator there."
_HIDDEN = (
    "The site does not show application passwords over REST, so freezing an account cannot delete them. "
    "Let the broker's account through in whatever plugin hides them."
)


def _active(account: Account, record: Record) -> dict[str, ActiveLease]:
    return {
        grant: ActiveLease(grant, lease.account, lease.version, datetime.fromtimestamp(lease.expires_at, UTC))
        for grant, lease in record.active(account.roles).items()
    }
