"""docs/performance.md: what is measured, how, and this run's table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.machine import described
from tests.benchmarks.measure import Figure
from tests.benchmarks.table import table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"

_PAGE = """# Performance

`make bench` measures what the broker does beside the bare operation underneath it, prints this table and
writes this page. Made on: {machine}.

The figure to look at is the **ratio**. Absolute figures move by a third from day to day and from machine to
machine; a ratio does not, because both sides ran in turn in the same run. Every figure is the median of
several rounds; the ratio's least and most follow in brackets. Client and server share the machine.

{table}
## What each row means

- **Grant commit.** One transaction moves a grant and appends its entry to the ledger: the chain's head is
  read, the entry hashed and written, the head moved on, triggers checking all of it. Flushed to disk on both
  sides.
- **Ledger verify.** The whole chain read from the database, every body hashed, parsed, compared with its
  columns and proved to be in canonical form.
- **Link signature.** Reading a signed link's text against one HMAC over the same bytes.
- **Viewing.** A request for a watched recording over real HTTP, connections kept open, against a Flask view
  that answers `hello` from the same server process: session, viewing and grant are read from the database at
  each request.
- **Ranges.** Random ranges of an encrypted recording through the real page, access asked again before every
  64 KiB, against a minimal view of the same server that reads the plain file, and against AES-GCM in memory.
- **One access check** is what is asked before each of those 64 KiB, against opening them.
- **Ask and approve.** The real forms, filled in and sent over HTTP by people with one-time codes, until the
  recording can be opened, counted in answers of `hello`.
- **WordPress.** A real site with the companion. *Approve to usable* is the approver's commit, the push and
  its outcome; *revoke to last success* is how long after the click a browser that reads a note without a
  pause still got one.
- **History.** The reviewer's page of 50 with its joins, and how much slower it is when there are many more
  grants.

## What keeps the broker from its aims

- A grant's commit is five statements where the bare side has two: the chain has to be read before it can be
  continued. On PostgreSQL each is a round trip; one database function for the last three would save two.
- A viewing's request asks the database four times, through a framework that the bare view does without. What
  it never does is remember an answer: an end counts at the next request and at the next 64 KiB.
- A range spends most of its time in Python around the chunks, in one process. The check before each chunk is
  one prepared statement on its own, four times what it costs to open the chunk.
- Handing back is two calls of the site, one to revoke and one to read back, and counts as done only then.
"""


def write_page(figures: Sequence[Figure]) -> None:
    PAGE.write_text(_PAGE.format(machine=described(), table=table(figures)), encoding="utf-8")
