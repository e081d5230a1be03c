"""A link opens one thing, once, for one person, while the grant lives; anything else is refused alike."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from broker.credentials.links.link_token import LinkClaims, LinkSigner
from broker.credentials.links.links import LinkRefused, issue
from broker.credentials.links.tables import links, viewings
from broker.errors import ConfigurationError, Invalid, Refused
from broker.ledger.read import entries_after
from broker.ledger.tables import ledger_entries
from tests.credentials.conftest import GRANT, HOLDER, HOLDING, NEW_KEY, OLD_KEY

CLAIMS = LinkClaims("link_x", GRANT, HOLDER, HOLDING, 1_772_368_200)


def _entries(store) -> list[dict]:
    with store.read() as reader:
        return [
            json.loads(row.body) for row in reader.all(select(ledger_entries).order_by(ledger_entries.c.seq))
        ]


def _refused(store, exchanged, token: str, reason: str, **who: str) -> None:
    with pytest.raises(LinkRefused) as refusal:
        exchanged(token, **who)
    assert str(refusal.value) == "This link cannot be opened."
    with store.read() as reader:
        last = reader.all(select(ledger_entries).order_by(ledger_entries.c.seq))[-1]
    assert last.event == "link.refused"
    assert f'"reason":"{reason}"' in last.body
    assert not token or token not in last.body


def test_a_link_opens_a_viewing(store, exchanged, link, clock):
    """The holder gets a viewing of exactly what the link was for, and the ledger has both steps."""
    viewing = exchanged(link).viewing
    assert (viewing.grant_id, viewing.person_id, viewing.holding_id) == (GRANT, HOLDER, HOLDING)
    assert viewing.opened_at == clock.now()
    assert [entry["event"] for entry in _entries(store)] == ["link.issued", "link.exchanged"]


def test_a_link_works_once(store, exchanged, link):
    """A second exchange is refused, the holder's own too."""
    exchanged(link)
    _refused(store, exchanged, link, "used")


def test_of_many_exchanges_at_once_one_succeeds(store, exchanged, link):
    """Eight people pressing at the same instant get one viewing between them."""
    barrier = Barrier(8)

    def press(_):
        barrier.wait()
        try:
            return exchanged(link)
        except LinkRefused:
            return None

    with ThreadPoolExecutor(8) as pool:
        opened = [answer for answer in pool.map(press, range(8)) if answer]
    assert len(opened) == 1
    with store.read() as reader:
        assert len(reader.all(select(viewings))) == 1
    assert sorted(entry["event"] for entry in _entries(store)) == [
        "link.exchanged",
        "link.issued",
        *["link.refused"] * 7,
    ]


def test_somebody_elses_link(store, exchanged, link):
    """Another person is refused, and the link is still good for its holder."""
    _refused(store, exchanged, link, "foreign", person_id="person_two")
    assert exchanged(link)


@pytest.mark.parametrize("seconds", [600, 601, 10**8])
def test_an_expired_link(store, exchanged, link, clock, seconds):
    """From the very second it ends a link opens nothing."""
    clock.advance(seconds=seconds)
    _refused(store, exchanged, link, "expired")


def test_the_last_second_counts(exchanged, link, clock):
    """A second before its end a link still works."""
    clock.advance(seconds=599)
    assert exchanged(link)


def test_a_clock_set_back_revives_nothing(store, exchanged, link, clock):
    """A link that expired stays expired when the clock goes back."""
    clock.advance(seconds=600)
    clock.advance(hours=-1)
    _refused(store, exchanged, link, "expired")


def test_a_link_of_an_ended_grant(store, exchanged, link, grants, clock):
    """A grant handed back takes its unused links with it."""
    grants.ends[GRANT] = clock.now()
    _refused(store, exchanged, link, "grant_ended")


@pytest.mark.parametrize("token", ["", "x", "a.b", "a.b.c", "é", "\udcff", "." * 5000, "eyJhIjoxfQ.x"])
def test_nonsense_instead_of_a_link(store, exchanged, token):
    """Whatever is typed in place of a link is refused in the same words."""
    _refused(store, exchanged, token, "tampered")


def test_an_edited_link(store, exchanged, signer, link):
    """Changing any one character of a link makes it worthless, and the true one still works."""
    # The last character carries two bits that base64 ignores; it still names the same single link.
    for at in range(len(link) - 1):
        other = "A" if link[at] != "A" else "B"
        assert signer.read(link[:at] + other + link[at + 1 :]) is None
    _refused(store, exchanged, "A" + link[1:], "tampered")
    assert exchanged(link)


def test_a_link_of_another_broker(store, exchanged):
    """A well-formed link signed with a key this broker has not is refused."""
    _refused(store, exchanged, LinkSigner([b"z" * 32]).sign(CLAIMS), "tampered")


def test_a_signed_link_without_its_row(store, exchanged, link):
    """A signature alone opens nothing: the stored link must be there."""
    with store.write() as tx:
        tx.execute(delete(links))
    _refused(store, exchanged, link, "unknown")


@pytest.mark.parametrize("column", ["grant_id", "person_id", "holding_id"])
def test_a_row_that_disagrees_with_the_signature(store, exchanged, link, column):
    """A row edited in the database does not widen what was signed."""
    with store.write() as tx:
        tx.execute(update(links).values({column: "another"}))
    _refused(store, exchanged, link, "unknown")


def test_a_later_end_in_the_row(store, exchanged, link, clock):
    """Moving a link's end in the database does not lengthen it."""
    with store.write() as tx:
        tx.execute(update(links).values(expires_at=tx.at + timedelta(days=1)))
    _refused(store, exchanged, link, "unknown")
    clock.advance(seconds=600)
    _refused(store, exchanged, link, "expired")


def test_keys_rotate_without_dead_links(store, exchanged, ledger, link):
    """A link signed by an older key works as long as that key is in the list, and no longer."""
    token = LinkSigner([OLD_KEY]).sign(CLAIMS)
    assert LinkSigner([OLD_KEY, NEW_KEY]).read(token) == CLAIMS
    assert LinkSigner([NEW_KEY]).read(token) is None
    assert LinkSigner([NEW_KEY]).read(link)


@pytest.mark.parametrize("keys", [[], [b""], [b"short"], [NEW_KEY, b"short"]])
def test_weak_keys_are_refused(keys):
    """No key, or any short one, stops the start."""
    with pytest.raises(ConfigurationError):
        LinkSigner(keys)


@given(noise=st.text(max_size=200))
def test_reading_never_fails(noise):
    """Any text at all is read as no link, without an error."""
    assert LinkSigner([NEW_KEY]).read(noise) is None


def test_a_link_holds_opaque_ids_only(signer, link):
    """What a link says is four ids and an end."""
    claims = signer.read(link)
    assert (claims.grant, claims.person, claims.holding) == (GRANT, HOLDER, HOLDING)
    assert claims.link.startswith("link_")
    assert len(link) < 300


def _issue(store, ledger, signer, grants, **lasting: float) -> str:
    with store.write() as tx:
        return issue(
            tx,
            ledger,
            signer,
            grant_id=GRANT,
            grant_expires_at=grants.ends[GRANT],
            person_id=HOLDER,
            holding_id=HOLDING,
            expires_at=tx.at + timedelta(**lasting),
        )


def test_a_link_never_outlives_its_grant(store, ledger, signer, grants):
    """Exactly as long as the grant is the most; a moment more is refused and nothing is stored."""
    assert _issue(store, ledger, signer, grants, minutes=30)
    with pytest.raises(Invalid):
        _issue(store, ledger, signer, grants, minutes=30, microseconds=1)
    assert len(_entries(store)) == 1


@pytest.mark.parametrize("lasting", [{"seconds": 0}, {"seconds": -5}, {"milliseconds": 900}])
def test_a_link_that_would_be_dead_at_once(store, ledger, signer, grants, lasting):
    """No link is handed out that has ended already, whole seconds counted."""
    with pytest.raises(Refused):
        _issue(store, ledger, signer, grants, **lasting)
    assert _entries(store) == []


def test_two_links_to_one_thing_are_used_up_one_by_one(store, ledger, signer, grants, exchanged):
    """Made in the same instant for the same person, each opens once and neither uses the other up."""
    about = {
        "grant_id": GRANT,
        "grant_expires_at": grants.ends[GRANT],
        "person_id": HOLDER,
        "holding_id": HOLDING,
    }
    with store.write() as tx:
        ends = tx.at + timedelta(minutes=10)
        first, second = (issue(tx, ledger, signer, **about, expires_at=ends) for _ in range(2))
    assert exchanged(first)
    assert exchanged(second)
    for used in (first, second):
        with pytest.raises(LinkRefused):
            exchanged(used)


def test_the_ledger_names_the_link_the_grant_and_the_thing(store, signer, link, exchanged):
    """Handed out, exchanged, refused: each says which, and until when it was good."""
    exchanged(link)
    with pytest.raises(LinkRefused):
        exchanged(link)
    claims = signer.read(link)
    with store.read() as reader:
        entries = [each.entry for each in entries_after(reader, 0, 100)]
    assert [entry.event for entry in entries] == ["link.issued", "link.exchanged", "link.refused"]
    assert {entry.grant for entry in entries} == {GRANT}
    assert {(entry.facts["link"], entry.facts["holding"]) for entry in entries} == {(claims.link, HOLDING)}
    assert entries[0].facts["expires_at"] == claims.expires
