"""How long a large file of the history takes, and how much memory: made by a process of its own, so that its peak is its own."""

from __future__ import annotations

import json
import subprocess
import sys

from broker.store import Store

_MAKE = """
import json, os, resource, sys, time
from datetime import UTC
from broker.assets import asset_folder
from broker.clock import SystemClock
from broker.policy.load import load_catalog
from broker.review.history.exporting.batches import batches
from broker.review.history.exporting.csv_file import csv_lines
from broker.review.history.filters import Filters
from broker.store import Store
from broker.store.engine import open_engine
from itertools import islice

rows, store = int(sys.argv[2]), Store(open_engine(sys.argv[1]), SystemClock())
catalog, size, began = load_catalog(asset_folder("policies")), 0, time.perf_counter()
parts = islice(batches(store, catalog, Filters(), UTC), max(1, rows // 1000))
with open(os.devnull, "w") as file:
    for part in csv_lines(parts):
        size += file.write(part)
print(json.dumps({"seconds": time.perf_counter() - began, "bytes": size,
                  "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
"""


def measure_file(store: Store, rows: int) -> str:
    """``rows`` as CSV beside a hundredth of them: the peaks are to be alike."""
    url = store.engine.url.render_as_string(hide_password=False)
    few, many = _made(url, rows // 100), _made(url, rows)
    return (
        f"A file of {rows:,} grants: {many['bytes'] / 1e6:.0f} MB in {many['seconds']:.0f} s "
        f"({rows / many['seconds']:,.0f} a second), peak of memory {many['peak'] / 1e6:.0f} MB; "
        f"of {rows // 100:,}: {few['peak'] / 1e6:.0f} MB"
    )


def _made(url: str, rows: int) -> dict[str, float]:
    run = subprocess.run(
        [sys.executable, "-c", _MAKE, url, str(rows)], capture_output=True, text=True, check=True
    )
    told: dict[str, float] = json.loads(run.stdout)
    return told
