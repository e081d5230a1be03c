"""``make bench``: measure everything, print the table and write docs/performance.md.

python -m tests.benchmarks [SUBJECT ...]    (with subjects named, the page is left alone)
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import (
    history,
    ledger,
    ledger_proofs,
    lifecycle,
    links,
    ranges,
    real_shops,
    tokens,
    wordpress,
)
from tests.benchmarks.measure import Figure
from tests.benchmarks.page import write_page
from tests.benchmarks.sizes import USUAL, Sizes
from tests.benchmarks.table import table

SUBJECTS = {
    "ledger": ledger.measure,
    "proofs": ledger_proofs.measure,
    "links": links.measure,
    "tokens": tokens.measure,
    "ranges": ranges.measure,
    "lifecycle": lifecycle.measure,
    "wordpress": wordpress.measure,
    "shops": real_shops.measure,
    "history": history.measure,
}


def measured(names: list[str], sizes: Sizes) -> Iterator[Figure]:
    for name in names:
        print(f"Measuring {name} ...", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="eab-") as folder:
            yield from SUBJECTS[name](sizes, Path(folder))


def main(names: list[str]) -> None:
    if unknown := set(names) - SUBJECTS.keys():
        raise SystemExit(f"Unknown: {', '.join(unknown)}. Known: {', '.join(SUBJECTS)}.")
    figures = list(measured(names or list(SUBJECTS), USUAL))
    print(table(figures))
    if not names:
        write_page(figures)


if __name__ == "__main__":
    main(sys.argv[1:])
