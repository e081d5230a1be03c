"""The parts of a backup as a stream of bytes that tar reads, and back."""

from __future__ import annotations

import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from broker.errors import Invalid

CHUNK = 64 * 1024
_BLOCK = tarfile.BLOCKSIZE
LONGEST_NAME = 400


@dataclass(frozen=True)
class Member:
    """``chunks`` are together ``size`` bytes, and can be read once."""

    name: str
    size: int
    chunks: Iterable[bytes]


def whole(name: str, content: bytes) -> Member:
    return Member(name, len(content), (content,))


def packed(members: Iterable[Member]) -> Iterator[bytes]:
    """The tar of ``members``, made while it is read. Raises Invalid for a member that changed while it was read."""
    for member in members:
        head = tarfile.TarInfo(member.name)
        head.size, head.mode = member.size, 0o600
        yield head.tobuf(tarfile.PAX_FORMAT)
        left = member.size
        for chunk in member.chunks:
            left -= len(chunk)
            yield chunk
        if left:
            raise Invalid(f"{member.name} changed while it was read.", help="Make the backup again.")
        yield bytes(-member.size % _BLOCK)
    yield bytes(2 * _BLOCK)


def unpacked(stream: IO[bytes]) -> Iterator[Member]:
    """The members in order; each has to be read before the next. Raises Invalid for what is no such tar."""
    try:
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            for head in tar:
                if not head.isreg() or not _is_plain(head.name):
                    raise Invalid("The backup holds something that no backup holds.", help=_NOT_OURS)
                file = tar.extractfile(head)
                if file is None:
                    raise Invalid("The backup holds something that cannot be read.", help=_NOT_OURS)
                yield Member(head.name, head.size, _chunks(file))
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise _damaged() from error


_NOT_OURS = "It was not made by a broker. Take another one."


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    try:
        while chunk := file.read(CHUNK):
            yield chunk
    except (tarfile.TarError, EOFError) as error:
        raise _damaged() from error


def _damaged() -> Invalid:
    return Invalid("What is inside this backup is damaged.", help="Take another one.")


def _is_plain(name: str) -> bool:
    """A path that leads nowhere but down."""
    parts = name.split("/")
    return (
        0 < len(name) <= LONGEST_NAME
        and name.isprintable()
        and not any(part in {"", ".", ".."} for part in parts)
    )
