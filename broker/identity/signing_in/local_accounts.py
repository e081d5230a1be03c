"""Whether somebody may come in by an account of the broker's own: password, code or passkey."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class LocalAccounts:
    """``exceptions`` are addresses, spelled as the account has them, that may although others may not."""

    on: bool = True
    exceptions: frozenset[str] = field(default_factory=frozenset)

    def names(self, email: str) -> bool:
        return email.casefold() in {each.casefold() for each in self.exceptions}

    def admit(self, email: str) -> bool:
        return self.on or self.names(email)


IN_USE = LocalAccounts()
