"""Linux's flags that bind even root until they are taken off: append-only folders, immutable files."""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntFlag
from pathlib import Path

_GET, _SET = 0x80086601, 0x40086602  # FS_IOC_GETFLAGS, FS_IOC_SETFLAGS


class Flag(IntFlag):
    NONE = 0
    IMMUTABLE = 0x10
    APPEND = 0x20


_ONES_OWN = Flag.IMMUTABLE | Flag.APPEND


def protect(path: Path, flag: Flag) -> bool:
    """Put ``flag`` on; False where the file system or this process's rights do not allow it."""
    return _change(path, flag, Flag.NONE)


def unprotect(path: Path) -> bool:
    """Take both flags off again."""
    return _change(path, Flag.NONE, _ONES_OWN)


def flags_of(path: Path) -> Flag:
    """Which of the flags are on; none where there are no such things."""
    try:
        with _opened(path) as descriptor:
            return Flag(_flags(descriptor) & _ONES_OWN)
    except OSError:
        return Flag.NONE


def _change(path: Path, on: Flag, off: Flag) -> bool:
    try:
        with _opened(path) as descriptor:
            flags = (_flags(descriptor) & ~off) | on
            fcntl.ioctl(descriptor, _SET, struct.pack("l", flags))
    except OSError:
        return False
    return True


def _flags(descriptor: int) -> int:
    answer = fcntl.ioctl(descriptor, _GET, struct.pack("l", 0))
    return int(struct.unpack("l", answer)[0])


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
