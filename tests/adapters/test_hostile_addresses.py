"""The broker is sent nowhere by a site's address: a table of tries, and a trap that nobody steps into."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker.adapters.lease import LeaseSigner
from broker.adapters.reach import Resolve, resolve
from broker.adapters.wordpress.client import WordPressAdapter
from broker.errors import SiteError
from tests.adapters.hostile_addresses import INSIDE, NEVER, PUBLIC, Hostile
from tests.fakes.connection import connection_to

SIGNER = LeaseSigner(Ed25519PrivateKey.generate(), "broker")


class Trap:
    """Listens on both loopback addresses, where there are two, on one port."""

    def __init__(self) -> None:
        self._open = ExitStack()
        first = self._open.enter_context(socket.create_server(("127.0.0.1", 0)))
        self.port = first.getsockname()[1]
        self._listeners = [first]
        if socket.has_dualstack_ipv6():
            second = socket.create_server(("::1", self.port), family=socket.AF_INET6)
            self._listeners.append(self._open.enter_context(second))

    def caught(self) -> int:
        """How many connections arrived."""
        return sum(_arrived(listener) for listener in self._listeners)

    def close(self) -> None:
        self._open.close()


def _arrived(listener: socket.socket) -> bool:
    listener.settimeout(0)
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


@pytest.fixture(scope="module")
def trap() -> Iterator[Trap]:
    here = Trap()
    yield here
    here.close()


def _answering(answers: tuple[str, ...] | None) -> Resolve:
    def answered(_host: str, _port: int) -> Sequence[str]:
        return answers or ()

    return resolve if answers is None else answered


def _adapter(hostile: Hostile, trap: Trap, *, allow_private: bool) -> WordPressAdapter:
    address, answers = hostile
    connection = connection_to(address.replace("{port}", str(trap.port)), SIGNER, allow_private=allow_private)
    return WordPressAdapter(connection, resolver=_answering(answers), timeout=(0.5, 0.5))


def test_the_trap_works(trap: Trap) -> None:
    """The same call arrives in the trap once it is allowed: the tests below could fail."""
    with pytest.raises(SiteError):
        _adapter(("https://clinic.example:{port}/", ("127.0.0.1",)), trap, allow_private=True).health()
    assert trap.caught() == 1


@pytest.mark.parametrize("hostile", [*INSIDE, *NEVER], ids=repr)
def test_not_without_permission(trap: Trap, hostile: Hostile) -> None:
    """Nothing inside is called, however it is spelled, and the broker knows that nothing happened."""
    with pytest.raises(SiteError) as failed:
        _adapter(hostile, trap, allow_private=False).health()
    assert not failed.value.effect_unknown
    assert trap.caught() == 0


@pytest.mark.parametrize("hostile", NEVER, ids=repr)
def test_not_with_permission_either(trap: Trap, hostile: Hostile) -> None:
    """A clinic's own network is one thing; a cloud's credentials and misread addresses stay out of reach."""
    with pytest.raises(SiteError) as failed:
        _adapter(hostile, trap, allow_private=True).health()
    assert not failed.value.effect_unknown
    assert trap.caught() == 0


def test_a_name_that_answers_differently_the_second_time(trap: Trap) -> None:
    """What was checked is what is called: the guard of the tests names the public address, never the other."""
    answers = iter([[PUBLIC], ["127.0.0.1"], ["169.254.169.254"]])
    connection = connection_to(f"https://clinic.example:{trap.port}/", SIGNER, allow_private=False)
    adapter = WordPressAdapter(connection, resolver=lambda _host, _port: next(answers))
    with pytest.raises(UserWarning, match=PUBLIC):
        adapter.health()
    for _ in range(2):
        with pytest.raises(SiteError, match="private or reserved"):
            adapter.health()
    assert trap.caught() == 0


def test_there_are_enough() -> None:
    """The table is no stub."""
    assert len({*INSIDE, *NEVER}) > 100
