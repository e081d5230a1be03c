"""One call of an operation: by whom, and what is told in headers beside the answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from broker.access.decide import SessionFactor
from broker.credentials.tokens.access_token import AccessToken
from broker.identity.people import Person
from broker.identity.sessions.sessions import Session
from broker.web.frame.problems import Stopped
from broker.web.telling.seeing import OVERSEERS


@dataclass(frozen=True)
class Who:
    """A person by their session, a person by a token made out to them, or software by its token."""

    person: Person | None
    session: Session | None = None
    token: AccessToken | None = None

    @property
    def id(self) -> str:
        """What the ledger calls them."""
        if self.person is not None:
            return self.person.id
        return self.token.client_id if self.token else ""

    @property
    def key(self) -> str:
        """Under which their answers are kept: two programs never see each other's."""
        return f"{self.token.client_id} {self.id}" if self.token else self.id

    @property
    def counted_as(self) -> str:
        """Whose calls are counted together: one session's, or one program's for one person."""
        return self.session.id if self.session else self.key

    @property
    def oversees(self) -> bool:
        """Whether other people's requests and access are theirs to look at, as far as the door let them in."""
        return self.person is None or bool(self.person.roles & OVERSEERS)

    @property
    def fresh(self) -> SessionFactor | None:
        """The sign-in, where it may stand for a code. A token never does."""
        now = self.session
        if now is None or now.mfa_at is None or now.mfa_method is None:
            return None
        return SessionFactor(now.mfa_method.value, now.mfa_at)


@dataclass(frozen=True)
class Call:
    """``key`` is the Idempotency-Key, empty when none was sent; what a view puts in ``headers`` is sent."""

    who: Who
    key: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def person(self) -> Person:
        """The person who acts; software alone is refused."""
        if self.who.person is None:
            raise Stopped("needs-a-person")
        return self.who.person


class Whose(StrEnum):
    """Whose things a list is of."""

    MINE = "mine"
    ALL = "all"

    def person(self, who: Who) -> str | None:
        """The id to narrow a list to, None for everybody's. Stopped for somebody who does not oversee others."""
        if who.person is None:
            return None
        if self is Whose.MINE:
            return who.person.id
        if not who.oversees:
            raise Stopped("not-allowed")
        return None
