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

The figure to look at is the **ratio**: the broker's figure divided by the bare one, both taken in turn in the
same run, client and server on the same machine. Every figure is the median of several rounds; the least and
the most of the ratio follow in brackets. Ratios move less than absolute figures, but they do move when the
machine has other work: a wide bracket says that it had, and that the row should be measured again before
anybody leans on it. Because the median is taken of each column by itself, the ratio is not always the
quotient of the two medians beside it.

{table}
## What each row means

- **Grant commit.** One transaction moves a grant and appends its entry to the ledger: the chain's head is
  read, the entry hashed and written, the head moved on, triggers checking all of it. Flushed to disk on both
  sides, one writer. The product's verbs read the grant before and after as well, which is not counted here.
- **Ledger verify.** The whole chain read from the database, every body hashed, parsed, compared with its
  columns and proved to be in canonical form.
- **Link signature.** Reading a signed link's text against one HMAC over the same bytes.
- **Tokens.** The *check* is the whole one of `broker.verify`: header, key, signature, claims, what the token opens.
  A *proof* carries its own key, which is read, compared and hashed each time. *Issued* is the row and the ledger
  entry flushed to disk beside the signature, which the bare side makes alone. *Introspection* is the real endpoint
  with the caller's secret: client, token, grant and person read from the database, the signature checked.
- **Viewing.** A request for a watched recording over real HTTP, connections kept open, against a Flask view
  that answers `hello` from the same server process: session, viewing and grant are read from the database at
  each request.
- **Ranges.** Random ranges of an encrypted recording through the real page, access asked again before every
  64 KiB, against a minimal view of the same server that reads the plain file, and against AES-GCM in memory.
- **One access check** is what is asked before each of those 64 KiB, against opening them.
- **Ask and approve.** The real forms, filled in and sent over HTTP by people with one-time codes, until the
  recording can be opened, counted in answers of `hello`.
- **WordPress.** A real site with the companion. *Approve to usable* is the approver's commit, the push and
  its outcome; *hand back to the last read* is how long after the call somebody who reads a note without a
  pause still got an answer with it. Approving and handing back are called in this process, not clicked.
- **Many revocations.** Signed beforehand, sent in one call or one by one, every grant read back as gone after the
  clock was stopped; beside them WordPress's own way of taking a role away, an administrator's PUT for one user,
  which checks nothing, ends no session and writes nothing down.
- **The front page for a visitor.** The same page of the same server with and without the companion loaded, chosen
  request by request; the visitor is not signed in.
- **Rows of WooCommerce and Magento** are there when somebody who has one names it (`BROKER_TEST_WOOCOMMERCE_DIR`,
  `BROKER_TEST_MAGENTO`); their own start-up is most of every call.
- **History.** The reviewer's page of 50 with its joins, and how much slower it is when there are many more
  grants.

## What is known of the gaps

- A grant's commit is four statements where the bare side has two, because the chain has to be read before it
  can be continued; on PostgreSQL a lock that keeps other writers out comes first. In a profile on SQLite the
  flush was the largest single part, and building and sending statements in Python most of the rest.
- A viewing's request makes seven small SELECTs, an eighth before the first byte, and passes through the
  sign-in, headers and request ids that the bare view does without. It remembers no answer from one request to
  the next, so that an end counts at once.
- The check before each 64 KiB is one prepared SELECT. In trials with the check left out, the ranges came no
  faster than their rounds differ from one another; about half of the time of a 1 MiB range passes before its
  first chunk. With the three wider SELECTs it replaced, they came at about half the rate.
- Handing back is two calls of the site, one to revoke and one to read back, and counts as done only then.
- Not measured yet: nginx and granian in front, several writers, 10 million grants, 100,000 grants expiring at
  once.
"""


def write_page(figures: Sequence[Figure]) -> None:
    PAGE.write_text(_PAGE.format(machine=described(), table=table(figures)), encoding="utf-8")
