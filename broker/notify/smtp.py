"""Hands messages to a mail server."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum

from broker.errors import ConfigurationError
from broker.notify.message import Message
from broker.notify.send import KeepInOutbox, NotSent, Sender
from broker.settings import Settings

SENDER_NAME = "Emergency access"


class Security(StrEnum):
    """``starttls`` and ``tls`` check the server's certificate and go no further without it."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True)
class SmtpServer:
    """Where and how to log in. ``timeout_s`` bounds each step; ``tls`` trusts what the machine trusts."""

    host: str
    port: int
    security: Security = Security.STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)
    timeout_s: float = 10.0
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False)

    def __post_init__(self) -> None:
        if self.user and self.security is Security.NONE:
            raise ConfigurationError(
                "The mail server's password would travel unencrypted.",
                help="Set BROKER_SMTP_SECURITY to starttls or tls, or leave BROKER_SMTP_USER empty.",
            )


class SmtpSender:
    """One connection a message: a server that drops one drops nothing else."""

    sends = True

    def __init__(self, server: SmtpServer, mail_from: str) -> None:
        self._server = server
        address = _address(mail_from)
        if address is None or not address.domain:
            raise ConfigurationError(
                "BROKER_MAIL_FROM is not an address mail can come from.",
                help="Set it to a plain address, such as emergency-access@clinic.example.",
            )
        self._from = address

    def send(self, message: Message) -> None:
        to = _address(message.address)
        if to is None:
            raise NotSent("The recipient's address is not one mail can go to.")
        mail = self._compose(message, to)
        try:
            connection = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent(f"The mail server cannot be used: {_said(error)}", server_away=True) from error
        try:
            connection.send_message(mail, self._from.addr_spec, [to.addr_spec])
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent(f"The mail server did not take it: {_said(error)}") from error
        finally:
            # Whatever happens at the farewell, it was taken or it was not.
            with suppress(OSError, smtplib.SMTPException):
                connection.quit()
            connection.close()

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        # Our own name is told, not looked up: a name server that hangs would hold the mail.
        name, seconds = self._from.domain, server.timeout_s
        if server.security is Security.TLS:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, local_hostname=name, timeout=seconds, context=server.tls
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, local_hostname=name, timeout=seconds)
        try:
            self._introduce(connection)
        except (OSError, smtplib.SMTPException):
            connection.close()
            raise
        return connection

    def _introduce(self, connection: smtplib.SMTP) -> None:
        if self._server.security is Security.STARTTLS:
            connection.starttls(context=self._server.tls)
        connection.ehlo_or_helo_if_needed()
        if self._server.user:
            connection.login(self._server.user, self._server.password)

    def _compose(self, message: Message, to: Address) -> EmailMessage:
        mail = EmailMessage(policy=SMTP)
        mail["From"] = Address(SENDER_NAME, addr_spec=self._from.addr_spec)
        mail["To"] = to
        mail["Subject"] = message.subject
        mail["Date"] = message.created_at
        # The same at every try, so that a mailbox can drop what came twice.
        mail["Message-ID"] = f"<{message.id}@{self._from.domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
        mail.set_content(message.body_text, cte="quoted-printable")
        mail.add_alternative(message.body_html, subtype="html", cte="quoted-printable")
        return mail


def sender_for(settings: Settings) -> Sender:
    """The way these settings send mail. Raises ConfigurationError for settings that cannot be meant."""
    if not settings.smtp_host:
        return KeepInOutbox()
    password = settings.smtp_password.get_secret_value() if settings.smtp_password else ""
    server = SmtpServer(
        settings.smtp_host, settings.smtp_port, Security(settings.smtp_security), settings.smtp_user, password
    )
    return SmtpSender(server, settings.mail_from)


def _address(text: str) -> Address | None:
    """The one address that ``text`` is, None for a list of them or anything else."""
    try:
        return Address(addr_spec=text)
    except (ValueError, IndexError, MessageError):  # all that the standard library's parser may raise
        return None


def _said(error: Exception) -> str:
    """The server's words for a person to read on the outbox page."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        return f"{code} {_text(words)}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return str(error) or type(error).__name__


def _text(words: bytes | str) -> str:
    return words.decode(errors="replace") if isinstance(words, bytes) else words
