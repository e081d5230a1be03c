"""The accounts of a site as its administrator sees them through REST."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from broker.adapters.wordpress_core.record import Roles
from broker.adapters.wordpress_core.refusals import Refusal
from broker.adapters.wordpress_core.rest import CoreRest
from broker.errors import SiteError

USERS = "/wp/v2/users"
_FIELDS = "id,username,roles,capabilities"
_PAGE = 100
_MOST_PAGES = 10


@dataclass(frozen=True)
class Account:
    """One account; ``roles`` in WordPress's own order, ``capabilities`` those it really has."""

    id: int
    login: str
    roles: Roles
    capabilities: frozenset[str]


class Accounts:
    """Reads and changes them."""

    def __init__(self, rest: CoreRest) -> None:
        self._rest = rest

    def own(self) -> Account:
        """The one the broker calls as."""
        return _account(self._rest.get(f"{USERS}/me", context="edit", _fields=_FIELDS).value)

    def get(self, number: int) -> Account | None:
        """None when the site has no such account (any more)."""
        try:
            return _account(self._rest.get(f"{USERS}/{number}", context="edit", _fields=_FIELDS).value)
        except Refusal as error:
            if error.code == "rest_user_invalid_id":
                return None
            raise

    def several(self, numbers: Iterable[int]) -> dict[int, Account]:
        """Those of them that are there, by number."""
        wanted, found = sorted(numbers), dict[int, Account]()
        for start in range(0, len(wanted), _PAGE):
            some = ",".join(map(str, wanted[start : start + _PAGE]))
            found |= {account.id: account for account in self.every(include=some)}
        return {number: found[number] for number in wanted if number in found}

    def find(self, login: str) -> Account | None:
        """By login, as WordPress compares them: letter case does not matter."""
        # WordPress looks for what holds an @ among the addresses alone, so such a login is found by its slug.
        for query in ({"search": login}, {"slug": _slug(login)}):
            for account in self.every(**query):
                if account.login.casefold() == login.casefold():
                    return account
        return None

    def every(self, **query: Any) -> Iterator[Account]:
        """Those that ``query`` finds, of at most a thousand."""
        for page in range(1, _MOST_PAGES + 1):
            asked = {"context": "edit", "_fields": _FIELDS, "per_page": _PAGE, "page": page, **query}
            found = self._rest.get(USERS, **asked).value
            yield from map(_account, _list(found))
            if len(found) < _PAGE:
                return

    def set_roles(self, number: int, roles: Roles) -> None:
        """Replaces them all. Raises Refusal with code ``rest_user_invalid_role`` for one the site does not know."""
        self._rest.post(f"{USERS}/{number}", roles=list(roles))

    def set_password(self, number: int, password: str) -> None:
        """Ends every session of the account; its application passwords stay."""
        self._rest.post(f"{USERS}/{number}", password=password)

    def application_passwords(self, number: int) -> int:
        """How many there are."""
        return len(_list(self._rest.get(f"{USERS}/{number}/application-passwords", _fields="uuid").value))

    def delete_application_passwords(self, number: int) -> None:
        self._rest.delete(f"{USERS}/{number}/application-passwords")


def _slug(login: str) -> str:
    return re.sub(r"[^a-z0-9_-]", "", re.sub(r"[ .]", "-", login.lower()))


def _account(value: Any) -> Account:
    try:
        number, login, roles, allowed = (value[name] for name in _FIELDS.split(","))
    except (KeyError, TypeError):
        raise _nonsense() from None
    if type(number) is not int or not isinstance(login, str) or not isinstance(roles, list):
        raise _nonsense()
    if not all(isinstance(role, str) for role in roles):
        raise _nonsense()
    # PHP writes an empty map as a list.
    has = frozenset(name for name, on in allowed.items() if on) if isinstance(allowed, dict) else frozenset()
    return Account(number, login, tuple(roles), has)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _nonsense()
    return value


def _nonsense() -> SiteError:
    return SiteError(
        "The site answered, but left out what WordPress says of an account.",
        effect_unknown=False,
        help="Look whether a plugin there changes what the REST API says of users: broker doctor",
    )
