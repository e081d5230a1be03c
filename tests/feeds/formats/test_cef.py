"""CEF, read back by a reader that knows only its rules; hostile text stays text."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from broker.feeds.formats.about import NOTHING
from broker.feeds.formats.cef import cef_line
from broker.ledger.entry import Entry, Recorded
from tests.fakes.clinic import Clinic
from tests.feeds.conftest import NASTY, TELLER, hostile, read

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def parsed(line: str) -> tuple[list[str], dict[str, str]]:
    """Heads and extension of one line, as the format's own document says to read them."""
    heads, place = [], 0
    for _ in range(7):
        found = re.compile(r"((?:[^\\|]|\\.)*)\|").match(line, place)
        assert found
        heads.append(re.sub(r"\\(.)", r"\1", found.group(1)))
        place = found.end()
    keys = [
        (m.start(1), m.end(), m.group(1)) for m in re.finditer(r"(?:^|(?<= ))(\w+)(?<!\\)=", line[place:])
    ]
    ends = [start - 1 for start, _, _ in keys[1:]] + [None]
    values = {key: line[place:][after:end] for (_, after, key), end in zip(keys, ends, strict=True)}
    return heads, {key: re.sub(r"\\(.)", r"\1", value) for key, value in values.items()}


def test_reads_back(clinic: Clinic) -> None:
    """Every entry is one line of seven heads; its keys are the entry's own values."""
    for entry, about in read(clinic):
        heads, told = parsed(cef_line(entry, about, teller=TELLER))
        assert heads[0] == "CEF:0"
        assert heads[4] == entry.entry.event
        assert 0 <= int(heads[6]) <= 10
        assert told["cn1"] == str(entry.seq)
        assert told["suid"] == entry.entry.actor
        assert {told[f"cs{n}Label"] for n in range(1, 7) if f"cs{n}" in told} >= {"ledgerDigest"}


def test_hostile_text_adds_no_key_and_no_line(clinic: Clinic) -> None:
    """Line ends, escapes, pipes and equals signs in ids and facts change nothing but the value they are in."""
    line = cef_line(hostile(clinic), NOTHING, teller=TELLER)
    assert line.isprintable()
    heads, told = parsed(line)
    assert len(heads) == 7
    assert json.loads(told["ebFacts"])["fault"].endswith("CEF:0|x")
    known = {
        "rt",
        "externalId",
        "cn1Label",
        "cn1",
        "dvchost",
        "outcome",
        "suid",
        "cat",
        "ebFacts",
        "cs6",
        "cs6Label",
    }
    assert set(told) == known


@given(st.text(min_size=1).filter(str.strip), st.text())
def test_any_text_comes_back(actor: str, fault: str) -> None:
    """Whatever the ids and facts are, the visible letters of them come back and nothing else does."""
    entry = Recorded(7, AT, "ab" * 32, Entry("grant.push_failed", f"{NASTY}{actor}.", facts={"fault": fault}))
    _, told = parsed(cef_line(entry, NOTHING, teller=TELLER))
    assert told["suid"] == "".join(each if each.isprintable() else " " for each in f"{NASTY}{actor}.")
