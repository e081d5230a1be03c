"""RFC 5424, read back by a reader made of the standard's own grammar; hostile text stays text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.feeds.formats.about import NOTHING
from broker.feeds.formats.syslog import BOM, LARGEST, framed, syslog_message
from broker.ledger.entry import Entry, Recorded
from tests.fakes.clinic import Clinic
from tests.feeds.conftest import TELLER, hostile, read

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAME = r"[!#-<>-\\^-~]{1,32}"
PARAM = rf' ({NAME})="((?:[^"\\\]]|\\["\\\]])*)"'
HEADER = re.compile(
    r"<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) "
)


@dataclass
class Parsed:
    priority: int
    host: str
    msgid: str
    data: dict[str, dict[str, str]]
    message: str


def parsed(text: str) -> Parsed:
    head = HEADER.match(text)
    assert head, text
    place, data = head.end(), {}
    while element := re.compile(rf"\[({NAME})((?:{PARAM})*)\]").match(text, place):
        params = re.findall(PARAM, element.group(2))
        assert len({name for name, _ in params}) == len(params)
        data[element.group(1)] = {name: re.sub(r'\\(["\\\]])', r"\1", value) for name, value in params}
        place = element.end()
    assert data
    assert text[place] == " "
    return Parsed(int(head[1]), head[3], head[6], data, text[place + 1 :])


def test_reads_back(clinic: Clinic) -> None:
    """Every entry follows the grammar, in the facility of audits, with its own values."""
    for entry, about in read(clinic):
        found = parsed(syslog_message(entry, about, teller=TELLER))
        assert found.priority // 8 == 13
        assert found.host == "broker.clinic.example"
        assert found.data["broker@32473"]["seq"] == str(entry.seq) == found.data["meta"]["sequenceId"]
        assert found.data["broker@32473"]["event"] == entry.entry.event
        assert found.msgid == entry.entry.event[:32]
        assert found.message


def test_hostile_text_stays_inside_its_value(clinic: Clinic) -> None:
    """Nothing in an id or a fact ends a value, an element, a message or a line."""
    text = syslog_message(hostile(clinic), NOTHING, teller=TELLER)
    assert text.isprintable()
    told = parsed(text).data["broker@32473"]
    assert told["fact.fault"].endswith("CEF:0|x")
    assert told["actor"].startswith('a  b [31m|c=d\\e"f]g')


@given(
    st.text(),
    st.dictionaries(
        st.from_regex(r"[A-Za-z0-9_.:/-]{1,64}", fullmatch=True), st.text(max_size=40), max_size=5
    ),
)
def test_any_text_comes_back(actor: str, facts: dict[str, str]) -> None:
    """Whatever ids and facts are, a reader of the grammar finds the actor's visible letters again."""
    entry = Recorded(7, AT, "ab" * 32, Entry("grant.push_failed", f"x{actor}", facts=facts))
    told = parsed(syslog_message(entry, NOTHING, teller=TELLER)).data["broker@32473"]
    assert told["actor"] == "".join(each if each.isprintable() else " " for each in f"x{actor}")


def test_framing_counts_octets() -> None:
    """The length before a message is that of its bytes, so that letters beyond ASCII do not shift the next one."""
    message = "<110>1 \N{LATIN SMALL LETTER U WITH DIAERESIS}"
    assert framed(message) == b"9 " + message.encode()


@pytest.mark.parametrize(("body", "begins"), [("plain", "plain"), ("h\xfcte", BOM)])
def test_utf_8_is_announced(body: str, begins: str) -> None:
    """A body beyond ASCII begins with the byte order mark the standard asks for."""
    entry = Recorded(7, AT, "ab" * 32, Entry("grant.active", "broker"))
    assert parsed(syslog_message(entry, NOTHING, teller=TELLER, body=body)).message.startswith(begins)


def test_too_long_says_what_is_missing() -> None:
    """Facts that do not fit are left out in sight; the digest that names the whole entry stays."""
    facts = {f"f{n}": "\N{EURO SIGN}" * 200 for n in range(20)}
    text = syslog_message(
        Recorded(7, AT, "ab" * 32, Entry("grant.active", "broker", facts=facts)), teller=TELLER
    )
    told = parsed(text).data["broker@32473"]
    assert len(text.encode()) <= LARGEST
    assert told["factsLeftOut"]
    assert told["digest"] == "ab" * 32


@pytest.mark.parametrize(("seq", "told"), [(1, "1"), (2**31 - 1, "2147483647"), (2**31, "1")])
def test_sequence_id_stays_in_its_range(seq: int, told: str) -> None:
    """RFC 5424 lets sequenceId go from 1 to 2147483647 and begin again; the ledger's own number stands beside it."""
    text = syslog_message(Recorded(seq, AT, "ab" * 32, Entry("grant.active", "broker")), teller=TELLER)
    assert parsed(text).data["meta"]["sequenceId"] == told
    assert parsed(text).data["broker@32473"]["seq"] == str(seq)
