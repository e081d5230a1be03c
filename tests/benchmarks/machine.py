"""The machine in three facts: enough to read a ratio by, and nothing that names it."""

from __future__ import annotations

import os
import platform


def described() -> str:
    """``2 cores, 24 GiB of memory, Python 3.11``."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    version = ".".join(platform.python_version_tuple()[:2])
    return f"{cores} cores, {memory:.0f} GiB of memory, Python {version}"
