"""A bundle of evidence: its numbers are those of the rows and the ledger, and whoever changes it is found."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import delete, select, update

from broker.access.tables import grants, reviews
from broker.errors import Conflict, Invalid
from broker.ledger.checkpoints.keep import CheckpointKeeper, LedgerBroken
from broker.ledger.signing.keys import SigningKey, generate
from broker.patients.tables import patients
from broker.review.evidence.days import Days, days_of
from broker.review.evidence.draw_up import Sources, Summary, Wanted, draw_up
from broker.review.evidence.read_back import read_back
from tests.archive.conftest import as_owner
from tests.fakes.past import Past

TODAY = date(2026, 3, 1)
DAYS = Days(TODAY, TODAY)
NOTE = "a note nobody may read here"


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return generate(tmp_path / "ledger.key", "broker.example/ledger")


@pytest.fixture
def sources(past: Past, key: SigningKey, tmp_path: Path) -> Sources:
    return Sources(
        past.store, past.ledger, past.equipment.catalog, CheckpointKeeper(tmp_path / "heads.txt", key)
    )


@pytest.fixture
def busy(past: Past) -> Past:
    """A denied request, five grants of two paths, one handed back."""
    past.ended(past.ordinary(note=NOTE))
    for _ in range(2):
        past.clock.advance(minutes=40)
        past.ordinary()
        past.clock.advance(minutes=40)
        past.broken()
    past.ask()
    return past


Drawing = Callable[..., tuple[Path, Summary]]


@pytest.fixture
def drawn(sources: Sources, tmp_path: Path) -> Drawing:
    names = iter(range(9))

    def draw(days: Days = DAYS, sample: int = 2, seed: str = "") -> tuple[Path, Summary]:
        path = tmp_path / f"bundle-{next(names)}.zip"
        return path, draw_up(sources, Wanted(days, "person_auditor", sample, seed), path)

    return draw


def rows(path: Path, name: str) -> list[dict[str, str]]:
    with ZipFile(path) as bundle:
        return list(csv.DictReader(io.StringIO(bundle.read(name).decode())))


def test_the_numbers_can_be_read_back(busy: Past, drawn: Drawing, key: SigningKey) -> None:
    """Rows, figures, ledger and narratives tell the same counts, and the bundle checks with the public key alone."""
    path, summary = drawn()
    found = read_back(path, key.public)
    assert (found.faults, summary.fits) == ([], True)
    assert (summary.grants, summary.samples, found.receipts) == (5, 4, 4)
    figures = found.manifest["figures"]
    assert (figures["grants"], figures["requests"], figures["broken_glass"], figures["reviews"]) == (
        5,
        6,
        2,
        2,
    )
    assert {tie["event"]: (tie["rows"], tie["entries"]) for tie in found.manifest["ties"]} == {
        "grant.issued": (5, 5),
        "request.asked": (6, 6),
        "review.opened": (2, 2),
    }
    assert len(rows(path, "population/grants.csv")) == 5
    assert {each["path"] for each in rows(path, "population/grants.csv")} == {"ordinary", "break_glass"}
    assert all(each["second_factor"] for each in rows(path, "population/requests.csv"))
    with ZipFile(path) as bundle:
        narrated = bundle.read("controls.md").decode()
    assert "| Access given | 5, to 1 people |" in narrated
    assert "it is whole" in narrated
    for control in (
        "CC6.1",
        "CC6.2",
        "CC6.3",
        "CC7.2",
        "CC7.3",
        "CC7.4",
        "CC7.5",
        "A.5.15",
        "A.5.16",
        "A.5.17",
    ):
        assert control in narrated
    for control in ("A.5.18", "A.8.2", "164.312(a)(2)(ii)", "164.312(b)"):
        assert control in narrated


def test_only_the_days_asked_for(busy: Past, drawn: Drawing) -> None:
    """Both days count, what came before and after does not."""
    busy.clock.advance(days=1)
    busy.ordinary()
    both, one = (
        Days(TODAY, TODAY + timedelta(days=1)),
        Days(TODAY + timedelta(days=1), TODAY + timedelta(days=1)),
    )
    assert (drawn(both)[1].grants, drawn(one)[1].grants, drawn(DAYS)[1].grants) == (6, 1, 5)


def test_a_day_without_anything_is_a_bundle_too(past: Past, drawn: Drawing, key: SigningKey) -> None:
    """Nothing happened, and that is signed."""
    path, summary = drawn(Days(date(2025, 1, 1), date(2025, 1, 2)))
    assert (summary.grants, summary.samples, summary.exceptions) == (0, 0, {})
    assert read_back(path, key.public).faults == []


def test_nobody_chooses_the_sample(busy: Past, drawn: Drawing) -> None:
    """The seed is the ledger's own; the same seed draws the same grants, another one others, and each kind its share."""
    first, _ = drawn(seed="one")
    again, _ = drawn(seed="one")
    assert rows(first, "samples/drawn.csv") == rows(again, "samples/drawn.csv")
    seeds = {
        tuple(each["grant"] for each in rows(drawn(sample=1, seed=str(n))[0], "samples/drawn.csv"))
        for n in range(6)
    }
    assert len(seeds) > 1
    kinds = [(each["kind"], each["rank"], each["of"]) for each in rows(first, "samples/drawn.csv")]
    assert kinds == [
        ("break_glass", "1", "2"),
        ("break_glass", "2", "2"),
        ("ordinary", "1", "3"),
        ("ordinary", "2", "3"),
    ]


def test_no_note_and_no_patient_can_be_read(busy: Past, drawn: Drawing) -> None:
    """Neither the clinic's own numbers nor what somebody wrote stands anywhere in the bundle."""
    path, _ = drawn(sample=25)
    with ZipFile(path) as bundle:
        everything = b"".join(bundle.read(name) for name in bundle.namelist())
    with busy.store.read() as reader:
        refs = [row[0] for row in reader.execute(select(patients.c.clinic_ref))]
    assert refs
    for secret in (NOTE, *refs):
        assert secret.encode() not in everything
    assert not any(b"@" in line for line in everything.splitlines() if b"population" in line)


def test_what_did_not_hold_is_told(past: Past, drawn: Drawing, key: SigningKey) -> None:
    """An overdue review and an end that no site confirmed are listed with their grant, and counted in the narrative."""
    broken = past.broken()
    stuck = past.unconfirmed()
    past.clock.advance(days=30)
    path, summary = drawn(Days(TODAY, TODAY + timedelta(days=1)))
    assert summary.exceptions == {"review overdue": 1, "revocation unconfirmed": 1, "revocation late": 1}
    told = {each["kind"]: each["grant"] for each in rows(path, "exceptions.csv")}
    # Between the tries of the first half an hour passed, so that the other's end came late too.
    assert told == {
        "review overdue": broken.id,
        "revocation unconfirmed": stuck.id,
        "revocation late": broken.id,
    }
    assert read_back(path, key.public).faults == []
    with ZipFile(path) as bundle:
        assert "1 x review overdue" in bundle.read("controls.md").decode()


def test_a_late_end_and_a_late_signature_are_told(past: Past, drawn: Drawing) -> None:
    """By how much, with the instant it was due."""
    grant = past.broken()
    late = past.ordinary()
    with past.store.write() as tx:
        due = grant.issued_at + timedelta(hours=1)
        tx.execute(update(reviews).values(due_at=due, signed_at=due + timedelta(minutes=5), outcome="misuse"))
        ended = {"state": "revoked", "cause": "expired", "revoked_at": late.expires_at + timedelta(minutes=3)}
        tx.execute(update(grants).where(grants.c.id == late.id).values(**ended))
    path, summary = drawn()
    assert summary.exceptions == {"review signed late": 1, "misuse found": 1, "revocation late": 1}
    words = {each["kind"]: each["words"] for each in rows(path, "exceptions.csv")}
    assert "0:05:00 after its deadline" in words["review signed late"]
    assert "0:03:00 after it was due" in words["revocation late"]


def test_a_row_taken_away_is_seen_in_the_ledger(busy: Past, drawn: Drawing, key: SigningKey) -> None:
    """A grant removed past the broker makes the rows one too few, and neither the bundle nor its check hides it."""
    with busy.store.write() as tx:
        gone = tx.execute(grants.select().order_by(grants.c.issued_at).limit(1)).one()
        tx.execute(delete(grants).where(grants.c.id == gone.id))
    path, summary = drawn()
    assert not summary.fits
    assert read_back(path, key.public).faults == [
        "population/grants.csv has 4 rows, the ledger 5 entries of grant.issued."
    ]


def test_drawing_is_itself_in_the_ledger(busy: Past, drawn: Drawing) -> None:
    """Who drew, and for which days."""
    drawn()
    (entry,) = busy.entries("evidence.drawn")
    assert (entry.actor, entry.facts["from"], entry.facts["to"]) == (
        "person_auditor",
        "2026-03-01",
        "2026-03-01",
    )


def test_nothing_is_overwritten_and_nothing_half_done_stays(
    busy: Past, drawn: Drawing, sources: Sources, tmp_path: Path
) -> None:
    """A file that is there stays; one that could not be finished is gone."""
    (tmp_path / "mine.zip").write_text("mine")
    with pytest.raises(Conflict):
        draw_up(sources, Wanted(DAYS, "person_a", 1), tmp_path / "mine.zip")
    assert (tmp_path / "mine.zip").read_text() == "mine"
    with pytest.raises(Invalid):
        draw_up(sources, Wanted(DAYS, "person_a", 1), tmp_path / "no" / "folder.zip")
    as_owner(busy.store, "UPDATE ledger_entries SET body = replace(body, 'request', 'Request') WHERE seq = 3")
    with pytest.raises(LedgerBroken):
        draw_up(sources, Wanted(DAYS, "person_a", 1), tmp_path / "broken.zip")
    assert not (tmp_path / "broken.zip").exists()


def _changed(path: Path, to: Path, name: str, content: bytes | None) -> Path:
    with ZipFile(path) as old, ZipFile(to, "w") as new:
        for each in old.infolist():
            if each.filename != name:
                new.writestr(each, old.read(each))
            elif content is not None:
                new.writestr(each.filename, content)
        if name not in old.namelist() and content is not None:
            new.writestr(name, content)
    return to


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        (
            "population/grants.csv",
            lambda text: text.rpartition(b"\n")[0].rpartition(b"\n")[0] + b"\n",
            "was changed",
        ),
        ("controls.md", lambda text: text + b"!", "was changed"),
        ("exceptions.csv", lambda _: None, "is missing"),
        ("population/more.csv", lambda _: b"a,b\n", "was added"),
    ],
)
def test_a_changed_bundle_is_found(
    busy: Past,
    drawn: Drawing,
    key: SigningKey,
    tmp_path: Path,
    name: str,
    change: Callable[[bytes], bytes | None],
    words: str,
) -> None:
    """A line cut off, a word added, a file taken away or put in: each is named."""
    path, _ = drawn()
    with ZipFile(path) as bundle:
        old = bundle.read(name) if name in bundle.namelist() else b""
    faults = read_back(_changed(path, tmp_path / "changed.zip", name, change(old)), key.public).faults
    assert faults == [f"{name} {words}."]


def test_another_manifest_or_another_key_is_refused(
    busy: Past, drawn: Drawing, key: SigningKey, tmp_path: Path
) -> None:
    """Whoever sums up anew cannot sign; a checkpoint of the same key is no signature of a bundle."""
    path, _ = drawn()
    with ZipFile(path) as bundle:
        manifest, checkpoint = bundle.read("manifest.json"), bundle.read("ledger/checkpoint.txt")
    forged = json.dumps(json.loads(manifest) | {"exceptions": {}, "sample": 99}).encode()
    other = generate(tmp_path / "other.key", "broker.example/ledger")
    with pytest.raises(Invalid, match="not the one that was signed"):
        read_back(_changed(path, tmp_path / "1.zip", "manifest.json", forged), key.public)
    with pytest.raises(Invalid, match="not the one that was signed"):
        read_back(_changed(path, tmp_path / "2.zip", "manifest.note", checkpoint), key.public)
    with pytest.raises(Invalid):
        read_back(path, other.public)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no zip", b"PK\x05\x06" + b"\0" * 18])
def test_nonsense_is_no_bundle(tmp_path: Path, key: SigningKey, content: bytes) -> None:
    """And is told as that."""
    (tmp_path / "nonsense.zip").write_bytes(content)
    with pytest.raises(Invalid):
        read_back(tmp_path / "nonsense.zip", key.public)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("2026-03-02", "2026-03-01", "to"),
        ("soon", "2026-03-01", "from"),
        ("2026-03-01", "2026-03-02", "to"),
        ("", "", "from"),
    ],
)
def test_days_that_cannot_be_answered_for(past: Past, first: str, last: str, field: str) -> None:
    """The field at fault is named."""
    with pytest.raises(Invalid) as refused:
        days_of(first, last, past.clock.now())
    assert list(refused.value.faults) == [field]
