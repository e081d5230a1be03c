"""Seals and opens by age (age-encryption.org/v1), in constant memory, whatever the size."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO, Any

import pyrage
from pyrage import x25519

from broker.errors import ConfigurationError, Invalid

HEAD = b"age-encryption.org/v1\n"


@dataclass(frozen=True)
class BackupKey:
    """``identity`` opens backups and is kept offline; ``recipient`` seals them and is no secret."""

    identity: str = field(repr=False)
    recipient: str


def new_key() -> BackupKey:
    made = x25519.Identity.generate()
    return BackupKey(str(made), str(made.to_public()))


def recipients_of(text: str) -> list[x25519.Recipient]:
    """Of ``age1...`` words parted by commas or spaces. ConfigurationError for anything else, and for none."""
    try:
        found = [x25519.Recipient.from_str(word) for word in text.replace(",", " ").split()]
    except pyrage.RecipientError as error:
        raise ConfigurationError(
            "This is no recipient of backups.", help="It begins with age1. Make one: broker backup key new"
        ) from error
    if not found:
        raise ConfigurationError(
            "Nobody is named for whom to seal backups.",
            help="Make a key with broker backup key new, and set BROKER_BACKUP_RECIPIENT to its second half.",
        )
    return found


def identities_in(text: str) -> list[x25519.Identity]:
    """Those in a file as age-keygen writes it. ConfigurationError when there is none."""
    lines = [line.strip() for line in text.splitlines()]
    try:
        found = [x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except pyrage.IdentityError as error:
        raise ConfigurationError("This file holds no identity that opens backups.") from error
    if not found:
        raise ConfigurationError("This file holds no identity that opens backups.")
    return found


def seal(chunks: Iterable[bytes], into: IO[bytes], recipients: Sequence[x25519.Recipient]) -> None:
    """Write ``chunks`` sealed. Whatever making them raises comes out as it is."""
    source, sink = _Pulled(iter(chunks)), _Pushed(into)
    try:
        pyrage.encrypt_io(source, sink, recipients)
    except (pyrage.EncryptError, OSError) as error:
        fault = source.fault or sink.fault
        raise (fault or error) from error


@contextmanager
def opened(sealed: IO[bytes], identities: Sequence[x25519.Identity]) -> Iterator[IO[bytes]]:
    """A stream of what was sealed.

    Raises Invalid at the end of the block when it was cut, edited, or sealed for others; what
    was read until then is then not to be believed.
    """
    read_end, write_end = os.pipe()
    faults: list[Exception] = []
    worker = threading.Thread(target=_open_into, args=(sealed, write_end, identities, faults), daemon=True)
    worker.start()
    try:
        with os.fdopen(read_end, "rb", buffering=64 * 1024) as stream:
            try:
                yield stream
            except Invalid as error:
                # Nonsense inside is mostly what opening stopped at.
                raise (_refused(faults) if _ended(worker, faults) else error) from error
    finally:
        worker.join()
    if faults:
        raise _refused(faults)


class _Pulled(io.RawIOBase):
    """A file whose content is made when it is read."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._held = chunks, b""
        self.fault: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            while not self._held:
                self._held = next(self._chunks)
        except StopIteration:
            return b""
        except Exception as error:
            self.fault = error
            raise
        part, self._held = (self._held, b"") if size < 0 else (self._held[:size], self._held[size:])
        return part


class _Pushed(io.RawIOBase):
    """A file that remembers why it could not be written."""

    def __init__(self, into: IO[bytes]) -> None:
        self._into = into
        self.fault: Exception | None = None

    def write(self, content: Any) -> int:
        try:
            return self._into.write(content)
        except OSError as error:
            self.fault = error
            raise


def _open_into(
    sealed: IO[bytes], write_end: int, identities: Sequence[x25519.Identity], faults: list[Exception]
) -> None:
    # Whoever reads may have stopped: that is their affair.
    with suppress(BrokenPipeError), os.fdopen(write_end, "wb", buffering=64 * 1024) as sink:
        try:
            pyrage.decrypt_io(sealed, sink, identities)
        except (pyrage.DecryptError, OSError) as error:
            faults.append(error)


def _ended(worker: threading.Thread, faults: list[Exception]) -> bool:
    worker.join(timeout=5)
    return bool(faults)


def _refused(faults: Sequence[Exception]) -> Invalid:
    if "No matching keys" in str(faults[0]):
        return Invalid("This identity does not open this backup.", help="Use the one it was sealed for.")
    return Invalid("This backup was cut short or changed: it does not open.", help="Take another one.")
