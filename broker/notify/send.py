"""What delivery asks of a way to send, and the way that sends nothing."""

from __future__ import annotations

from typing import Protocol

from broker.errors import BrokerError
from broker.notify.message import Message


class NotSent(BrokerError):
    """A try failed. ``server_away``: no message could have been sent, so this one is not to blame."""

    def __init__(self, message: str, *, server_away: bool = False) -> None:
        super().__init__(message, help="Nothing to do: it is tried again by itself.")
        self.server_away = server_away


class Sender(Protocol):
    """``sends`` is false when messages are to stay where they are."""

    @property
    def sends(self) -> bool: ...

    def send(self, message: Message) -> None:
        """Hand it over for good, or raise NotSent. May be called again with the same message."""
        ...


class KeepInOutbox:
    """No mail server is set up: messages stay in the outbox, where the demo shows them."""

    sends = False

    def send(self, message: Message) -> None:
        raise NotSent(f"No mail server is set up, so {message.id} stays in the outbox.", server_away=True)
