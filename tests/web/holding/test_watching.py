"""Opening what was granted: links, players, ranges, and the end in the middle of a chunk's neighbour."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from werkzeug.test import TestResponse

from broker.access.activate import activate
from broker.access.grant import Grant
from broker.access.hand_back import hand_back
from broker.errors import Refused
from broker.identity.disable import disable
from tests.fakes.front import BASE, Browser, Front

CHUNK = 64 * 1024
CONTENT = bytes(range(256)) * 1000  # 256,000 bytes: four chunks
LINK = re.compile(r"/links/[\w.~-]+")


@dataclass
class Desk:
    """A clinician with live access to one recording of CONTENT."""

    front: Front
    browser: Browser
    grant: Grant
    holding: str

    def open(self) -> str:
        """Open the recording; the address of its page."""
        answer = self.browser.post(f"/grants/{self.grant.id}/open", {"holding": self.holding})
        assert answer.status_code == 303
        return str(answer.location)

    def link(self) -> str:
        """The path of a link for another device."""
        self.browser.post(f"/grants/{self.grant.id}/link", {"holding": self.holding})
        found = LINK.search(self.browser.page)
        assert found
        return found.group()

    def exchange(self, path: str, browser: Browser | None = None) -> TestResponse:
        return (browser or self.browser).post("/links", {"link": path.removeprefix("/links/")})

    def hand_back(self) -> None:
        hand_back(self.front.clinic.equipment, self.front.clinic.clinician.person, self.grant.id)


@pytest.fixture
def desk(front: Front) -> Desk:
    holding = front.fill_shelf(CONTENT)
    issued = front.clinic.break_glass(patient_ref="P-7777").grant
    assert issued is not None
    grant = activate(front.clinic.equipment, issued.id)
    browser = front.browser(front.clinic.clinician)
    browser.get(f"/grants/{grant.id}")
    return Desk(front, browser, grant, holding.id)


def test_one_press_opens_the_player_and_no_token_shows(desk: Desk) -> None:
    """The address names a viewing, never a secret; the cookie is bound to that address."""
    answer = desk.browser.post(f"/grants/{desk.grant.id}/open", {"holding": desk.holding})
    cookie = next(each for each in answer.headers.getlist("Set-Cookie") if each.startswith("viewing="))
    assert re.fullmatch(r"/watch/link_[0-9a-f]{20}", answer.location)
    for part in (f"Path={answer.location}", "HttpOnly", "SameSite=Strict"):
        assert part in cookie
    secret = cookie.split("=", 1)[1].split(";")[0]
    desk.browser.get(answer.location)
    assert "<audio" in desk.browser.page
    assert secret not in desk.browser.page
    assert "This access is recorded and reviewed" in desk.browser.page


def test_the_whole_recording_arrives_as_it_was_put_away(desk: Desk) -> None:
    """200 with the length, the type, a validator, and no way into any cache."""
    answer = desk.browser.get(f"{desk.open()}/media")
    assert answer.status_code == 200
    assert answer.data == CONTENT
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Length"] == str(len(CONTENT))
    assert answer.mimetype == "audio/wav"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-99", 0, 100),
        (f"bytes={CHUNK - 1}-{CHUNK}", CHUNK - 1, CHUNK + 1),
        (f"bytes={3 * CHUNK + 7}-", 3 * CHUNK + 7, len(CONTENT)),
        ("bytes=-5", len(CONTENT) - 5, len(CONTENT)),
        ("bytes=255990-999999", 255_990, len(CONTENT)),
    ],
)
def test_a_range_is_exactly_that_range(desk: Desk, wanted: str, start: int, end: int) -> None:
    """206 with the bytes asked for, across chunk borders and from the end."""
    answer = desk.browser.get(f"{desk.open()}/media", headers={"Range": wanted})
    assert answer.status_code == 206
    assert answer.data == CONTENT[start:end]
    assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(CONTENT)}"


def test_a_range_beyond_the_end_is_416(desk: Desk) -> None:
    """The answer tells how long the recording is."""
    answer = desk.browser.get(f"{desk.open()}/media", headers={"Range": "bytes=256000-"})
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(CONTENT)}"


def test_if_range_gives_a_part_only_of_the_same_recording(desk: Desk) -> None:
    """With the validator of what is there a part, with another one the whole."""
    media = f"{desk.open()}/media"
    etag = desk.browser.get(media).headers["ETag"]
    same = desk.browser.get(media, headers={"Range": "bytes=0-9", "If-Range": etag})
    other = desk.browser.get(media, headers={"Range": "bytes=0-9", "If-Range": '"another"'})
    assert (same.status_code, other.status_code) == (206, 200)


def test_head_tells_the_length_and_sends_nothing(desk: Desk) -> None:
    """What a player asks first costs no byte of the recording."""
    answer = desk.browser.client.head(f"{desk.open()}/media", base_url=BASE)
    assert answer.status_code == 200
    assert answer.data == b""
    assert answer.headers["Content-Length"] == str(len(CONTENT))


def test_an_end_in_the_middle_cuts_within_one_chunk(desk: Desk) -> None:
    """What was handed back while it played sends not one chunk more, and is never padded."""
    answer = desk.browser.client.get(f"{desk.open()}/media", base_url=BASE, buffered=False)
    stream = iter(answer.response)
    assert next(stream) == CONTENT[:CHUNK]
    desk.hand_back()
    with pytest.raises(Refused):
        next(stream)
    answer.close()


@pytest.mark.parametrize("minutes", [15, 60 * 24 * 365])
def test_its_time_ends_the_stream_without_a_sweep(desk: Desk, minutes: int) -> None:
    """At expires_at the next chunk is refused, whoever swept or did not."""
    answer = desk.browser.client.get(f"{desk.open()}/media", base_url=BASE, buffered=False)
    stream = iter(answer.response)
    next(stream)
    desk.front.clinic.clock.advance(minutes=minutes)
    with pytest.raises(Refused):
        next(stream)
    answer.close()


def test_a_person_who_is_shut_out_hears_no_more(desk: Desk) -> None:
    """Disabling the person cuts the stream as surely as ending the grant."""
    answer = desk.browser.client.get(f"{desk.open()}/media", base_url=BASE, buffered=False)
    stream = iter(answer.response)
    next(stream)
    clinic = desk.front.clinic
    with clinic.store.write() as tx:
        disable(tx, clinic.ledger, clinic.clinician.id, actor=clinic.admin.id)
    with pytest.raises(Refused):
        next(stream)
    answer.close()


def test_signing_out_stops_the_stream(desk: Desk) -> None:
    """The next person at the ward PC does not go on listening."""
    address = desk.open()
    answer = desk.browser.client.get(f"{address}/media", base_url=BASE, buffered=False)
    stream = iter(answer.response)
    next(stream)
    desk.browser.post("/sign-out")
    with pytest.raises(Refused):
        next(stream)
    answer.close()


def test_after_the_end_the_page_says_so_and_the_media_are_gone(desk: Desk) -> None:
    """The page stays readable with the reason; every further byte is refused."""
    address = desk.open()
    desk.browser.get(address)
    news = re.search(r'hx-get="([^"]+)"', desk.browser.page)
    assert news
    assert desk.browser.get(news.group(1)).status_code == 204
    desk.hand_back()
    assert "data-ended" in desk.browser.get(news.group(1)).get_data(as_text=True)
    desk.browser.get(address)
    assert "Your access has ended" in desk.browser.page
    assert "<audio" not in desk.browser.page
    for wanted in ({}, {"Range": "bytes=0-9"}):
        assert desk.browser.get(f"{address}/media", headers=wanted).status_code == 410


def test_a_viewing_is_for_the_browser_that_opened_it(desk: Desk) -> None:
    """Without the cookie, with another's session or at another viewing's address there is nothing."""
    address = desk.open()
    elsewhere = desk.front.browser(desk.front.clinic.clinician)
    approver = desk.front.browser(desk.front.clinic.approver)
    cookie = desk.browser.client.get_cookie("viewing", domain="127.0.0.1", path=address)
    assert cookie is not None
    approver.client.set_cookie("viewing", cookie.value, domain="127.0.0.1", path=address)
    other = "/watch/link_00000000000000000000"
    elsewhere.client.set_cookie("viewing", cookie.value, domain="127.0.0.1", path=other)
    for browser, path in ((elsewhere, address), (approver, address), (elsewhere, other)):
        assert browser.get(path).status_code == 410
        assert browser.get(f"{path}/media").status_code == 410


def test_a_link_works_on_another_device_once(desk: Desk) -> None:
    """Looking at it uses nothing up; one press opens it; the second finds nothing."""
    link, phone = desk.link(), desk.front.browser(desk.front.clinic.clinician)
    for _ in range(3):
        assert phone.get(link).status_code == 200
    answer = desk.exchange(link, phone)
    assert answer.status_code == 303
    assert phone.get(f"{answer.location}/media").data == CONTENT
    assert phone.get(link).status_code == 410
    assert desk.exchange(link, phone).status_code == 410


def test_a_link_opened_before_signing_in_waits_for_the_sign_in(desk: Desk) -> None:
    """A stranger sees what a link is and nothing more; the press leads to the sign-in, the link in no address."""
    link, stranger = desk.link(), desk.front.stranger()
    assert stranger.get(link).status_code == 200
    assert "You sign in first" in stranger.page
    assert "P-7777" not in stranger.page
    answer = desk.exchange(link, stranger)
    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=/links"


def test_every_dead_link_gets_the_same_page(desk: Desk) -> None:
    """Tampered, foreign, used, expired and unknown links differ in nothing a person could see."""
    link = desk.link()
    foreign = desk.front.browser(desk.front.clinic.approver)
    foreign.get("/")
    answers = [desk.exchange(f"{link}x"), desk.exchange("nonsense"), desk.exchange(link, foreign)]
    used = desk.link()
    desk.exchange(used)
    answers += [desk.exchange(used), desk.browser.get(used), desk.browser.get("/links/nonsense")]
    desk.front.clinic.clock.advance(minutes=11)
    answers.append(desk.exchange(link))
    assert {answer.status_code for answer in answers} == {410}
    said = {re.search(r"<h1>.*?</p>", each.get_data(as_text=True), re.DOTALL).group() for each in answers}  # type: ignore[union-attr]
    assert len(said) == 1


def test_a_link_dies_with_its_grant(desk: Desk) -> None:
    """Handing back kills the links that are still under way."""
    link = desk.link()
    desk.hand_back()
    assert desk.exchange(link).status_code == 410


def test_only_the_holder_opens_only_what_the_grant_names(desk: Desk) -> None:
    """Another's grant and another patient's recording look like nothing at all."""
    foreign = desk.front.browser(desk.front.clinic.approver)
    foreign.get(f"/grants/{desk.grant.id}")
    for act in ("open", "link"):
        path = f"/grants/{desk.grant.id}/{act}"
        assert foreign.post(path, {"holding": desk.holding}).status_code == 404
        assert desk.browser.post(path, {"holding": "rec_00000000000000000000"}).status_code == 404
        assert desk.browser.get(path).location == f"/grants/{desk.grant.id}"


def test_a_record_is_a_page_and_no_download(front: Front) -> None:
    """The record stands on a page that no cache keeps, and has no media behind it."""
    front.fill_shelf(CONTENT)
    issued = front.clinic.break_glass(patient_ref="P-7777", entitlement="patient-record").grant
    assert issued is not None
    grant = activate(front.clinic.equipment, issued.id)
    browser = front.browser(front.clinic.clinician)
    browser.get(f"/grants/{grant.id}")
    assert "Open record" in browser.page
    address = browser.post(f"/grants/{grant.id}/open", {"holding": grant.scope["holdings"][0]}).location
    answer = browser.get(address)
    assert "Apixaban" in browser.page
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Content-Disposition" not in answer.headers
    assert browser.get(f"{address}/media").status_code == 410
    browser.post(f"/grants/{grant.id}/end")
    browser.get(address)
    assert "Apixaban" not in browser.page
