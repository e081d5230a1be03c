"""Webhooks as Standard Webhooks' own library receives them, and what each answer means."""

from __future__ import annotations

import json

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from broker.errors import Invalid
from broker.feeds.channels.answer import Answer
from broker.feeds.channels.webhook import headers_for, signature, written
from broker.feeds.deliver import FeedDesk, attempt, deliver, next_batch
from broker.feeds.feed import Feed, Kind
from broker.feeds.formats.choose import Format
from tests.adapters.tls_site import Authority
from tests.fakes.clinic import Clinic
from tests.feeds.conftest import TELLER, Teach, now_of, read
from tests.feeds.receiver import Receiver, status

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_standards_own_vector() -> None:
    """The signature of the example in the standard's own documents."""
    body = b'{"test": 2432232314}'
    assert (
        signature(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body)
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_the_standards_own_library_accepts_it(
    clinic: Clinic, desk: FeedDesk, teach: Teach, receiver: Receiver
) -> None:
    """What arrives is verified by the library that receivers use, and nothing altered is."""
    feed = teach(Kind.WEBHOOK, receiver.url, secrets={"signing": SECRET})
    # The library holds the time against the machine's own.
    with clinic.store.read() as reader:
        about = next_batch(desk.store, feed).batch
        assert reader.at
    deliver(desk, feed.id)
    headers = {name.lower(): value for name, value in receiver.headers[0].items()}
    hook, body = Webhook(SECRET), receiver.bodies[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode()
    assert (
        hook.sign(headers["webhook-id"], clinic.clock.wall(), body.decode()) == headers["webhook-signature"]
    )
    assert headers["webhook-id"] == f"{feed.id}.1-{len(about)}"
    assert signed
    with pytest.raises(WebhookVerificationError):
        hook.verify(body + b" ", headers)


@pytest.mark.parametrize("shape", [Format.LEDGER, Format.OCSF, Format.FHIR_R4, Format.FHIR_R5])
def test_every_shape_is_json(desk: FeedDesk, teach: Teach, receiver: Receiver, shape: Format) -> None:
    """Whatever the format, the body says which entries it holds, in order."""
    feed = teach(Kind.WEBHOOK, receiver.url, shape)
    deliver(desk, feed.id)
    said = json.loads(receiver.bodies[0])
    assert said["type"] == "ledger.entries"
    assert said["issuer"] == TELLER.issuer
    assert said["data"]["format"] == shape
    assert len(said["data"]["entries"]) == said["data"]["last"] - said["data"]["first"] + 1


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        *[(code, Answer(taken=3)) for code in (200, 202, 204)],
        *[
            (code, Answer(fault=f"It answered {code}.", refused=True, of_many=True))
            for code in (400, 413, 422)
        ],
        *[
            (code, Answer(fault=f"It answered {code}."))
            for code in (301, 401, 403, 404, 408, 410, 429, 500, 503)
        ],
    ],
)
def test_what_an_answer_means(
    clinic: Clinic, desk: FeedDesk, teach: Teach, receiver: Receiver, code: int, expected: Answer
) -> None:
    """Only a 2xx is a receipt; only what speaks of the batch itself refuses it; a redirect is not followed."""
    receiver.answer = status(code)
    assert attempt(desk, teach(Kind.WEBHOOK, receiver.url), read(clinic)[:3]) == expected


def test_a_certificate_nobody_named_is_not_believed(
    clinic: Clinic, desk: FeedDesk, teach: Teach, receiver: Receiver, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """With certificates of its own named, a feed believes no other: nothing is sent to a stranger."""
    stranger = Authority(tmp_path_factory.mktemp("stranger"))
    feed = teach(Kind.WEBHOOK, receiver.url, believe=stranger.file.read_text())
    assert attempt(desk, feed, read(clinic)[:1]) == Answer(fault="It cannot be reached.")
    assert not receiver.headers


def test_private_addresses_only_where_allowed(
    clinic: Clinic, desk: FeedDesk, teach: Teach, receiver: Receiver
) -> None:
    """A feed that was not allowed into the clinic's own network does not get there by a public name either."""
    feed = teach(Kind.WEBHOOK, receiver.url, allow_private=False)
    answer = attempt(desk, feed, read(clinic)[:1])
    assert "private or reserved network" in answer.fault
    assert not receiver.headers


@pytest.mark.parametrize(
    "target",
    [
        "ftp://collector.example/in",
        "http://collector.example/in",
        "https://user:secret@collector.example/",
        "https://collector.example/#part",
        "https://",
        "x" * 600,
    ],
)
def test_an_address_that_cannot_be_called(teach: Teach, target: str) -> None:
    """Found out when it is typed in."""
    with pytest.raises(Invalid) as error:
        teach(Kind.WEBHOOK, target, allow_private=False)
    assert "target" in error.value.faults


@pytest.mark.parametrize(
    "secrets",
    [{"signing": "hush"}, {"signing": "whsec_QQ=="}, {"authorization": "two\nlines"}, {"certificate": "x"}],
)
def test_secrets_that_cannot_be_used(teach: Teach, receiver: Receiver, secrets: dict[str, str]) -> None:
    """A key too short for the standard, a header that is two lines, a secret of another kind of feed."""
    with pytest.raises(Invalid):
        teach(Kind.WEBHOOK, receiver.url, secrets=secrets)


def test_a_secret_that_cannot_be_opened_stops_the_feed_alone(
    clinic: Clinic, desk: FeedDesk, teach: Teach, receiver: Receiver
) -> None:
    """A database whose key is another one tells nobody anything unsigned."""
    from dataclasses import replace

    from broker.sealing import Seal

    feed = teach(Kind.WEBHOOK, receiver.url, secrets={"signing": SECRET})
    deliver(replace(desk, seal=Seal(bytes(31) + b"x", "feeds")), feed.id)
    assert not receiver.headers
    assert "cannot be opened" in (now_of(desk, feed).fault or "")


def test_same_batch_same_message_id(clinic: Clinic, desk: FeedDesk, teach: Teach, receiver: Receiver) -> None:
    """The same entries sent again have the same webhook-id and the same body."""
    feed: Feed = teach(Kind.WEBHOOK, receiver.url)
    batch = read(clinic)[:3]
    body = written(feed, TELLER, batch)
    assert body == written(feed, TELLER, batch)
    ids = {headers_for(feed, {}, batch, body, clinic.clock)["webhook-id"] for _ in range(2)}
    assert ids == {f"{feed.id}.1-3"}
