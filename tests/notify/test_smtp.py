from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from broker.errors import ConfigurationError
from broker.notify.deliver import CLAIM, Delivered, deliver_due
from broker.notify.message import Message
from broker.notify.send import KeepInOutbox, NotSent
from broker.notify.smtp import Security, SmtpSender, SmtpServer, sender_for
from broker.settings import Settings
from tests.notify.mail_server import HOST, MailServer, self_signed

pytestmark = pytest.mark.allow_hosts([HOST])
FROM = "access@broker.clinic.example"
AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def sender(port, security=Security.NONE, **settings):
    settings.setdefault("timeout_s", 5.0)
    return SmtpSender(SmtpServer(HOST, port, security, **settings), FROM)


def a_message(**changes):
    values = {
        "id": "mail_1",
        "event": "request.asked",
        "ledger_seq": 1,
        "recipient_id": "person_1",
        "address": "approver@clinic.example",
        "channel": "mail",
        "subject": "Bitte entscheiden: Ärztin asks – for a recording",
        "body_text": "Text – with a dash\nhttps://broker.clinic.example/requests/req_1/decide\n.\nafter a dot\n",
        "body_html": "<p>Text – with a dash</p>\n",
        "created_at": AT,
        "next_try_at": AT,
        "tries": 0,
        "sent_at": None,
        "dead_at": None,
        "last_fault": None,
    }
    return Message(**{**values, **changes})


def test_a_message_arrives_as_it_was_written(mail_server):
    """Headers say who and that no answer is wanted; both bodies come through whole."""
    sender(mail_server.port).send(a_message())
    (arrived,) = mail_server.arrived
    mail = arrived.mail
    assert (arrived.sender, arrived.recipients) == (FROM, ["approver@clinic.example"])
    assert mail["Subject"] == a_message().subject
    assert mail["Message-ID"] == "<mail_1@broker.clinic.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["From"] == f"Emergency access <{FROM}>"
    assert mail["Date"].datetime == AT
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.iter_parts()
    assert text.get_content().replace("\r\n", "\n") == a_message().body_text
    assert html.get_content().replace("\r\n", "\n") == a_message().body_html


def test_the_whole_outbox_leaves(clinic, store, mail_server):
    """What the ledger put into the outbox reaches a real server, addressed to one person each."""
    request = clinic.ask().request
    assert deliver_due(store, sender(mail_server.port)) == Delivered(sent=2)
    assert [a.recipients for a in mail_server.arrived] == [[a.mail["To"]] for a in mail_server.arrived]
    text = mail_server.arrived[0].mail.get_body(("plain",)).get_content()
    assert f"https://broker.clinic.example/requests/{request.id}/decide" in text


def test_a_refusal_is_kept_with_the_servers_words(mail_server):
    """The outbox page can say why, and it is not the server that is away."""
    mail_server.fault = "refuse"
    with pytest.raises(NotSent, match=r"554 5\.7\.1 Not wanted") as refusal:
        sender(mail_server.port).send(a_message())
    assert not refusal.value.server_away


def test_an_unknown_recipient_does_not_stop_the_next_message(mail_server):
    """The server knows one mailbox and not the other."""
    mail_server.fault = "unknown"
    mailer = sender(mail_server.port)
    with pytest.raises(NotSent, match="No such user here") as refusal:
        mailer.send(a_message(address="unknown@clinic.example"))
    assert not refusal.value.server_away
    mailer.send(a_message())
    assert len(mail_server.arrived) == 1


def test_dropped_after_the_message_was_read_it_is_sent_again_under_the_same_id(clinic, store, mail_server):
    """Whether the server kept it nobody knows, so it goes again and the receiver can tell."""
    clinic.ask()
    mail_server.fault = "drop"
    assert deliver_due(store, sender(mail_server.port)) == Delivered(failed=2)
    mail_server.fault = ""
    clinic.clock.advance(minutes=1)
    assert deliver_due(store, sender(mail_server.port)) == Delivered(sent=2)
    ids = [arrived.mail["Message-ID"] for arrived in mail_server.arrived]
    assert len(ids) == 4
    assert sorted(ids[:2]) == sorted(ids[2:])


def test_killed_after_sending_it_is_sent_again_under_the_same_id(clinic, store, mail_server):
    """The receiver sees one message twice, not two messages."""
    clinic.ask()

    class Killed(BaseException):
        pass

    class Dies(SmtpSender):
        def send(self, message):
            super().send(message)
            raise Killed

    with pytest.raises(Killed):
        deliver_due(store, Dies(SmtpServer(HOST, mail_server.port, Security.NONE), FROM), limit=1)
    clinic.clock.advance(seconds=CLAIM.total_seconds())
    deliver_due(store, sender(mail_server.port))
    ids = [arrived.mail["Message-ID"] for arrived in mail_server.arrived]
    assert len(ids) == 3
    assert ids.count(ids[0]) == 2


def test_a_server_that_never_answers_is_left_in_time(mail_server):
    """A silent server costs one time-out, not the whole delivery."""
    mail_server.fault = "silent"
    with pytest.raises(NotSent):
        sender(mail_server.port, timeout_s=0.3).send(a_message())


def test_no_server_at_all_is_nobody_elses_fault(mail_server):
    """A closed port is the server's absence, which costs the message no try."""
    mail_server.stop()
    gone = mail_server.port
    try:
        with pytest.raises(NotSent) as refusal:
            sender(gone).send(a_message())
    finally:
        mail_server.__post_init__()
    assert refusal.value.server_away


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_over_tls_with_a_trusted_certificate_and_a_login(tmp_path, security):
    """Both ways of encryption carry the login and the message."""
    theirs, ours = self_signed(tmp_path)
    server = MailServer(tls=theirs, implicit_tls=security is Security.TLS, login=("broker", "s3cret"))
    try:
        sender(server.port, security, tls=ours, user="broker", password="s3cret").send(a_message())
        with pytest.raises(NotSent) as refusal:
            sender(server.port, security, tls=ours, user="broker", password="wrong").send(a_message())
        assert refusal.value.server_away
        assert "wrong" not in str(refusal.value)
    finally:
        server.stop()
    assert len(server.arrived) == 1


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_certificate_nobody_vouches_for_is_refused(tmp_path, security):
    """Nothing is sent to a server that cannot prove who it is."""
    theirs, _ = self_signed(tmp_path)
    server = MailServer(tls=theirs, implicit_tls=security is Security.TLS)
    try:
        with pytest.raises(NotSent, match="certificate") as refusal:
            sender(server.port, security).send(a_message())
    finally:
        server.stop()
    assert refusal.value.server_away
    assert server.arrived == []


def test_a_server_without_starttls_gets_nothing(mail_server):
    """Encryption that was asked for is never quietly left out."""
    with pytest.raises(NotSent):
        sender(mail_server.port, Security.STARTTLS).send(a_message())
    assert mail_server.arrived == []


@pytest.mark.parametrize(
    "address",
    ["a@x.example, b@y.example", "a,b@x.example", "a@x.example\r\nBcc: b@y.example", "", "nobody", "@"],
)
def test_an_address_that_is_not_one_address_gets_nothing(mail_server, address):
    """Neither a list nor a smuggled header reaches the server."""
    with pytest.raises(NotSent):
        sender(mail_server.port).send(a_message(address=address))
    assert mail_server.arrived == []


def test_a_subject_with_a_line_end_is_never_sent_as_two_headers(mail_server):
    """Should one get past the templates, it is an error, which delivery keeps with that message."""
    with pytest.raises(ValueError, match="linefeed"):
        sender(mail_server.port).send(a_message(subject="a\r\nBcc: b@y.example"))
    assert mail_server.arrived == []


def test_settings_choose_the_way_and_refuse_what_cannot_be_meant():
    """No host: messages stay. A password in the clear, or a sender that is no address: refused at the start."""
    assert isinstance(sender_for(Settings()), KeepInOutbox)
    assert isinstance(sender_for(Settings(smtp_host="mail.clinic.example", smtp_user="broker")), SmtpSender)
    with pytest.raises(ConfigurationError):
        sender_for(
            Settings(
                smtp_host=HOST, smtp_security="none", smtp_user="broker", smtp_password=SecretStr("s3cret")
            )
        )
    with pytest.raises(ConfigurationError):
        sender_for(Settings(smtp_host=HOST, mail_from="Broker <broker@clinic.example>"))


def test_the_password_is_not_shown():
    """A server's settings can be logged without giving it away."""
    assert "s3cret" not in repr(SmtpServer(HOST, 25, Security.TLS, "broker", "s3cret"))
