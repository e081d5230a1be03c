"""Who vouches for the ledger, on the page and over the API."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker.clock import SettableClock
from broker.ledger.signing.cosign import CosignerKey, WitnessKey
from broker.witness.asking.objection import Contradiction
from broker.witness.asking.standing import Standing, write_standings
from tests.fakes.front import Front
from tests.fakes.past import Past

SILENT = "It cannot be reached."
SAW_MORE = "It saw a ledger of 90 entries; this one has 3."


def key(name: str) -> CosignerKey:
    return WitnessKey(name, Ed25519PrivateKey.generate()).public


@pytest.fixture
def watched(past: Past, tmp_path: Path, clock: SettableClock) -> Front:
    """A broker with four witnesses: one well, one away, one that objects, one nobody asked yet."""
    keys = [key(f"{name}.example/w") for name in ("well", "away", "objecting", "new")]
    named = ", ".join(f"{each.vkey} https://{each.name.partition('/')[0]}" for each in keys)
    front = Front(past, tmp_path, changes={"witnesses": named})
    now, folder = clock.now(), front.parts.settings.heads_path.parent
    folder.mkdir(parents=True, exist_ok=True)
    stands = [
        Standing(12, now, now),
        Standing(11, now, now, fault=SILENT),
        Standing(10, now, now, contradiction=Contradiction(SAW_MORE, 90, proven=True)),
    ]
    write_standings(folder, {each.vkey: standing for each, standing in zip(keys, stands, strict=False)})
    return front


def test_each_witness_is_shown_as_it_stands(watched: Front) -> None:
    """Name, how far it vouches, and what is wrong, for each."""
    page = watched.browser(watched.clinic.reviewer).get("/ledger").text
    for words in (
        "well.example/w",
        "12 entries",
        SILENT,
        "objecting.example/w",
        SAW_MORE,
        "was not asked yet",
    ):
        assert words in page


def test_without_a_witness_the_page_says_what_nobody_would_see(archive: Front) -> None:
    """That a broker's owner could set it back unseen is not kept from anybody."""
    assert "nobody would see it" in archive.browser(archive.clinic.reviewer).get("/ledger").text


def test_a_bar_is_told_before_anything_else(archive: Front) -> None:
    """While nothing is granted, the page says so, why, and what to do."""
    watch = archive.parts.watch
    watch.keeper.path.parent.mkdir(parents=True, exist_ok=True)
    watch.bar("It saw 90 entries.", by="objecting.example/w")
    page = archive.browser(archive.clinic.reviewer).get("/ledger").text
    assert "Nothing is granted now" in page
    assert "It saw 90 entries." in page
    assert page.index("Nothing is granted now") < page.index("What a failure would mean")


def test_the_api_tells_the_same(watched: Front) -> None:
    """Standing, contradiction and whether grants are given, for software that watches over it."""
    browser = watched.browser(watched.clinic.reviewer)
    said = browser.get("/api/v1/ledger").json
    assert said["granting"] is True
    well, away, objecting, new = said["witnesses"]
    assert (well["well"], well["size"], well["words"][:11]) == (True, 12, "It vouches ")
    assert (away["well"], away["size"], SILENT in away["words"]) == (False, 11, True)
    assert (objecting["contradicts"], objecting["proven"]) == (True, True)
    assert (new["size"], new["vouched_at"]) == (0, None)


def test_former_keys_are_still_published(archive: Front) -> None:
    """After the ledger was resumed, whoever holds an older signature finds the key it was made by."""
    folder = archive.parts.settings.keys_dir
    former = (folder / "ledger.pub").read_text()
    (folder / "ledger.old-1.pub").write_text(former)
    browser = archive.browser(archive.clinic.reviewer)
    assert "was resumed after a loss" in browser.get("/ledger").text
    assert browser.get("/api/v1/ledger").json["former_keys"] == [former.strip()]
