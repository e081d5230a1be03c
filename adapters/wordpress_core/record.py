"""Which of an account's roles are its own and which are lent: pure arithmetic, and how it is written down.

Everything here holds the order of roles, because WordPress does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

Roles = tuple[str, ...]


@dataclass(frozen=True)
class Lent:
    """The roles one grant lends to ``account`` (as its lease spells the login) until ``expires_at``, seconds since 1970."""

    account: str
    roles: Roles
    version: int
    expires_at: int


@dataclass(frozen=True)
class Record:
    """One account between the first role lent to it and the last one taken back.

    ``prior`` are its own roles, ``ruling`` what it could do already that no lease may
    give. ``leaving`` grants have ended, and it has not been
    read back yet that their roles are gone. ``unsure_since`` (seconds since 1970, 0
    for sure) is when a write was sent to the site that was not answered: what is
    seen there may be half of it, and the rest may still come.
    """

    login: str
    prior: Roles
    ruling: Roles = ()
    lent: Mapping[str, Lent] = field(default_factory=dict)
    leaving: Mapping[str, Lent] = field(default_factory=dict)
    unsure_since: int = 0
    frozen: bool = False

    @property
    def wanted(self) -> Roles:
        """What the account should have on the site now."""
        lent = (role for lease in self.lent.values() for role in lease.roles)
        return () if self.frozen else _once((*self.prior, *lent))

    @property
    def is_over(self) -> bool:
        """Nothing of it is ours any more."""
        return not (self.lent or self.leaving or self.frozen)

    def seen(self, now: Roles) -> Record:
        """With the account's own roles as somebody else may have changed them in the meantime."""
        if self.is_over:
            return replace(self, prior=now)
        ours = {role for lease in (*self.lent.values(), *self.leaving.values()) for role in lease.roles}
        own = [role for role in now if role in self.prior or role not in ours]
        missing_says_nothing = self.frozen or self.unsure_since
        return replace(self, prior=_once((*self.prior, *own)) if missing_says_nothing else tuple(own))

    def with_lease(self, grant: str, lease: Lent) -> Record:
        return replace(self, lent={**self.lent, grant: lease})

    def without(self, grants: Iterable[str]) -> Record:
        """Those grants on their way out."""
        ending = {grant: self.lent[grant] for grant in grants if grant in self.lent}
        staying = {grant: lease for grant, lease in self.lent.items() if grant not in ending}
        return replace(self, lent=staying, leaving={**self.leaving, **ending})

    def settled(self) -> Record:
        """After the site was read back."""
        return replace(self, leaving={}, unsure_since=0)

    def active(self, now: Roles) -> Mapping[str, Lent]:
        """The grants of which a role is really there, ended or not."""
        both = {**self.leaving, **self.lent}
        return {grant: lease for grant, lease in both.items() if set(lease.roles) & set(now)}


def write_record(record: Record) -> str:
    return json.dumps(asdict(record), separators=(",", ":"))


def read_record(text: str) -> Record:
    kept = json.loads(text)
    return Record(
        login=kept["login"],
        prior=tuple(kept["prior"]),
        ruling=tuple(kept["ruling"]),
        lent=_leases(kept["lent"]),
        leaving=_leases(kept["leaving"]),
        unsure_since=kept["unsure_since"],
        frozen=kept["frozen"],
    )


def _leases(kept: Mapping[str, Mapping[str, Any]]) -> dict[str, Lent]:
    return {grant: Lent(**{**one, "roles": tuple(one["roles"])}) for grant, one in kept.items()}


def _once(roles: Iterable[str]) -> Roles:
    return tuple(dict.fromkeys(roles))
