"""Mail to one person at a time: over SMTP, or as a line in the log."""

import re
import smtplib
import ssl
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from enum import StrEnum
from typing import Protocol
from urllib.parse import unquote, urlsplit

import structlog

LOG = structlog.get_logger("mailer")

PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,250}\.[A-Za-z]+")
KEY = re.compile(r"[A-Za-z0-9._-]{1,80}")
BLANKS = re.compile(r"\s+")
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
SUBMISSION_PORT, TLS_PORT = 587, 465
PERMANENT = 500  # SMTP replies from here on will not change by themselves
MOST_REASON = 200  # characters of a server's words that are kept


class Sending(StrEnum):
    """What became of a mail."""

    SENT = "sent"  # the server took it over
    REFUSED = "refused"  # never to this address or with this content; do not repeat
    LATER = "later"  # not taken; the same mail may be sent again
    UNKNOWN = "unknown"  # the connection broke; the same key lets the reader's side drop a copy


@dataclass(frozen=True)
class Mail:
    """One mail.

    to   an address of ASCII letters; key names the mail for ever, e.g. "notice-4711".
    at   aware moment of writing, the same at every attempt.
    """

    to: str
    subject: str
    text: str
    key: str
    at: datetime


@dataclass(frozen=True)
class MailReply:
    """What became of it, and the server's reason without addresses."""

    sending: Sending
    reason: str = ""


class Mailer(Protocol):
    """Sends mail."""

    def send(self, mail: Mail) -> MailReply:
        """Try once and say what became of it; never raises for what the network does."""
        ...


class ConsoleMailer:
    """Writes a line to the log instead of sending, without the address in clear."""

    def send(self, mail: Mail) -> MailReply:
        """Log the mail's key, a masked address, its subject and its length."""
        subject = BLANKS.sub(" ", mail.subject)
        LOG.info(
            "mail", key=mail.key, to=masked(mail.to), subject=subject, characters=len(mail.text)
        )
        return MailReply(Sending.SENT)


class SmtpMailer:
    """Sends through one server, always encrypted except to this very machine."""

    def __init__(
        self,
        url: str,
        sender: str,
        timeout_seconds: float = 10.0,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """Raise ValueError for an unusable address of the server or the sender.

        url      smtps://user:password@host:465 (TLS from the start) or smtp://...:587 (STARTTLS).
        sender   the address mails come from, with a name if wanted: "Exam Centre <no@x.cn>".
        context  which certificates are trusted; the machine's own by default.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("the mail server's address begins with smtp:// or smtps://")
        self._host = parts.hostname
        self._is_tls = parts.scheme == "smtps"
        self._port = parts.port or (TLS_PORT if self._is_tls else SUBMISSION_PORT)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender, self._envelope = _sender(sender)
        self._timeout_seconds = timeout_seconds
        self._context = context or ssl.create_default_context()

    def send(self, mail: Mail) -> MailReply:
        """Hand one mail over to the server."""
        if not PLAIN_ADDRESS.fullmatch(mail.to):
            return MailReply(Sending.REFUSED, "no plain mail address")
        message = self._message(mail)
        # What a broken connection means at this point of the conversation. The library's own
        # `with` says goodbye on the way out, and hides the refusal where that fails too.
        stands = Sending.LATER
        try:
            with closing(self._connection()) as server:
                self._greet(server)
                stands = Sending.UNKNOWN
                server.send_message(message, self._envelope, [mail.to])
                stands = Sending.SENT
                server.quit()
        except smtplib.SMTPRecipientsRefused as error:
            return _refusal(*error.recipients[mail.to])
        except smtplib.SMTPDataError as error:
            return _refusal(error.smtp_code, error.smtp_error)
        except smtplib.SMTPResponseException as error:
            # It is us they will not talk to, or not in this way: no mail is at fault.
            return MailReply(Sending.LATER, f"{error.smtp_code} {type(error).__name__}")
        except (smtplib.SMTPException, OSError) as error:
            return MailReply(stands, "" if stands is Sending.SENT else type(error).__name__)
        return MailReply(Sending.SENT)

    def _connection(self) -> smtplib.SMTP:
        if self._is_tls:
            return smtplib.SMTP_SSL(
                self._host, self._port, timeout=self._timeout_seconds, context=self._context
            )
        return smtplib.SMTP(self._host, self._port, timeout=self._timeout_seconds)

    def _greet(self, server: smtplib.SMTP) -> None:
        """Encrypt and sign in. Raises SMTPNotSupportedError where the server can not encrypt."""
        server.ehlo()
        if not self._is_tls and (server.has_extn("starttls") or self._host not in THIS_MACHINE):
            server.starttls(context=self._context)
            server.ehlo()
        if self._user:
            server.login(self._user, self._password)

    def _message(self, mail: Mail) -> EmailMessage:
        if not KEY.fullmatch(mail.key):
            raise ValueError("a mail's key has letters, digits, dots, dashes and underscores")
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = mail.to
        # A line break in a subject would begin a header of the writer's choice.
        message["Subject"] = BLANKS.sub(" ", mail.subject)
        message["Date"] = format_datetime(mail.at)
        message["Message-ID"] = f"<{mail.key}@{self._envelope.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        return message


def masked(address: str) -> str:
    """Return an address that a log may hold: its first letter and its last domain."""
    name, at, host = address.partition("@")
    return f"{name[:1]}***{at}***{host[host.rfind('.') :]}" if at and "." in host else "***"


def _sender(sender: str) -> tuple[Address, str]:
    name, bracket, rest = sender.rpartition("<")
    address = rest.removesuffix(">").strip() if bracket else sender.strip()
    if not PLAIN_ADDRESS.fullmatch(address):
        raise ValueError("the sender is an address like Exam Centre <no-reply@example.edu.cn>")
    return Address(display_name=name.strip(' "'), addr_spec=address), address


def _refusal(code: int, words: bytes | str) -> MailReply:
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    # Servers repeat the address they refuse, and reasons are kept where addresses are not.
    said = re.sub(r"\S+@\S+", "***", BLANKS.sub(" ", said))[:MOST_REASON]
    sending = Sending.REFUSED if code >= PERMANENT else Sending.LATER
    return MailReply(sending, f"{code} {said}".strip())
