from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from broker.errors import Invalid
from broker.ledger.body import (
    EMPTY_DIGEST,
    FIELDS,
    MAX_BODY_BYTES,
    compose,
    decompose,
    instant,
    is_canonical,
    leaf_digest,
    parse_instant,
)
from broker.ledger.entry import Entry
from broker.ledger.facts import MAX_INTEGER

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ENTRY = Entry("grant.active", "person_a", "request_a", "grant_a", "person_b", {"minutes": 15})

KEYS = st.from_regex(r"[A-Za-z0-9_.:/-]{1,8}", fullmatch=True)
LEAVES = st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | st.text(max_size=20)
FACTS = st.dictionaries(
    KEYS, st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=6), max_size=4
)  # fmt: skip


def test_the_body_holds_everything_in_canonical_form() -> None:
    """The bytes are fixed: a change of them would orphan every ledger in the field."""
    assert compose(ENTRY, 1, NOON, EMPTY_DIGEST) == (
        b'{"actor":"person_a","at":"2026-03-01T12:00:00.000000Z","event":"grant.active","facts":{"minutes":15},'
        b'"format":1,"grant":"grant_a",'
        b'"previous":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",'
        b'"request":"request_a","seq":1,"subject":"person_b"}'
    )


def test_the_digest_is_the_leaf_hash_of_rfc_6962() -> None:
    """SHA-256 of a zero byte and the body, so that a Merkle tree can stand on the same bytes."""
    assert leaf_digest(b"body") == hashlib.sha256(b"\x00body").hexdigest()
    assert leaf_digest(b"") == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


def test_a_body_too_long_is_refused() -> None:
    """More than 8 KiB raises Invalid with the sizes, and says to keep a digest instead."""
    with pytest.raises(Invalid, match=f"at most {MAX_BODY_BYTES} fit") as caught:
        compose(Entry("a", "b", facts={"note": "x" * MAX_BODY_BYTES}), 1, NOON, EMPTY_DIGEST)
    assert "digest" in caught.value.faults["facts"]


@given(facts=FACTS)
def test_what_is_written_is_what_is_read(facts: dict[str, Any]) -> None:
    """Any facts come back as they were; line breaks and colour codes are escaped on the way."""
    entry = Entry("grant.active", "person_a", facts=facts)
    body = compose(entry, 7, NOON, EMPTY_DIGEST)
    assert b"\n" not in body
    assert b"\x1b" not in body
    assert json.loads(body).keys() == FIELDS
    recorded = decompose(body.decode(), "d")
    assert (recorded.seq, recorded.at, recorded.digest, recorded.entry) == (7, NOON, "d", entry)


@given(facts=FACTS)
def test_the_quick_check_of_the_canonical_form_agrees_with_the_standard(facts: dict[str, Any]) -> None:
    """What rfc8785 writes passes; the same content spaced otherwise does not."""
    said = {"facts": facts, "seq": 1}
    assert is_canonical(rfc8785.dumps(said), said)
    assert not is_canonical(json.dumps(said).encode(), said)


def test_a_key_given_twice_is_not_canonical() -> None:
    """Readers differ on which of two equal keys counts, so the form is refused."""
    body = b'{"seq":1,"seq":2}'
    assert not is_canonical(body, json.loads(body))


@given(at=st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC)))
def test_instants_have_one_form(at: datetime) -> None:
    """27 characters, microseconds always shown, and back again unchanged."""
    assert len(instant(at)) == 27
    assert parse_instant(instant(at)) == at


def test_an_instant_elsewhere_is_written_in_utc() -> None:
    """A time with another zone is the same instant."""
    assert instant(NOON.astimezone(timezone(timedelta(hours=5)))) == "2026-03-01T12:00:00.000000Z"
