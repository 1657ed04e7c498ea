"""Text messages: through a provider's HTTP door, by mail to a gateway, or as a line in the log."""

import json
import re
import time
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from ipaddress import ip_address
from typing import Protocol

import httpx
import structlog

from exam_centre.adapters.mailer import Mail, Mailer
from exam_centre.kernel import clock

LOG = structlog.get_logger("sms")

PHONE = re.compile(r"\+?[0-9]{5,15}")
BLANKS = re.compile(r"\s+")
DOMAIN = re.compile(r"[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*\.[A-Za-z]{2,}")
KEY = re.compile(r"[A-Za-z0-9._-]{1,80}")
LONGEST_TEXT = 500  # characters
LONGEST_REPLY = 16 * 1024  # bytes
CONNECT_SECONDS = 3.0
MOST_REASON = 200
# What a provider may answer although it will take the same message in a while.
PASSING = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)


class Texting(StrEnum):
    """What became of a text message."""

    SENT = "sent"  # the provider took it over
    REFUSED = "refused"  # never to this number or with this text; do not repeat
    LATER = "later"  # not taken; the same message may be sent again
    UNKNOWN = "unknown"  # no answer after sending; the same key keeps it from arriving twice


@dataclass(frozen=True)
class TextMessage:
    """One message; `key` names it for ever, e.g. "notice-4711"."""

    to: str  # 13812345678 or +8613812345678
    text: str
    key: str


@dataclass(frozen=True)
class TextReply:
    """What became of it, and why, without the number."""

    texting: Texting
    reason: str = ""


class Sms(Protocol):
    """Sends text messages."""

    def send(self, message: TextMessage) -> TextReply:
        """Try once and say what became of it; never raises for what the network does."""
        ...


class ConsoleSms:
    """Writes a line to the log instead of sending, without the number in clear."""

    def __init__(self, *, shows_text: bool = False) -> None:
        """Show the text itself only on a desk: it may be a code that opens somebody's account."""
        self._shows_text = shows_text

    def send(self, message: TextMessage) -> TextReply:
        """Log the message's key, a masked number, and the text or its length."""
        said = (
            BLANKS.sub(" ", message.text)
            if self._shows_text
            else f"({len(message.text)} characters)"
        )
        LOG.info("text_message", key=message.key, to=masked(message.to), text=said)
        return TextReply(Texting.SENT)


class MailSms:
    """Mails a text to NUMBER@DOMAIN, where a gateway of the telephone company takes it over."""

    def __init__(self, mailer: Mailer, domain: str) -> None:
        """Raise ValueError for a domain that no mail can go to."""
        if not DOMAIN.fullmatch(domain):
            raise ValueError("the gateway's domain is like sms.example.edu.cn")
        self._mailer, self._domain = mailer, domain

    def send(self, message: TextMessage) -> TextReply:
        """Hand one message over to the mail server."""
        if not PHONE.fullmatch(message.to):
            return TextReply(Texting.REFUSED, "no phone number")
        number = message.to.removeprefix("+")
        reply = self._mailer.send(
            Mail(f"{number}@{self._domain}", "", message.text, message.key, clock.now())
        )
        return TextReply(Texting(reply.sending.value), reply.reason)


class HttpSms:
    """Posts JSON {"key", "to", "text"} to one address; no redirect is followed.

    Keeps connections open: make one in each process, after any fork, and close it.
    """

    def __init__(self, url: str, token: str = "", timeout_seconds: float = 10.0) -> None:
        """Raise ValueError unless the address is https, or http on this very machine.

        token  goes out as a bearer token; "" for a provider that knows us by address.
        """
        self._url = _checked(url)
        self._timeout_seconds = timeout_seconds
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._client = httpx.Client(
            timeout=httpx.Timeout(timeout_seconds, connect=min(CONNECT_SECONDS, timeout_seconds)),
            follow_redirects=False,
            trust_env=False,
            headers=headers,
        )

    def close(self) -> None:
        """Let go of open connections."""
        self._client.close()

    def send(self, message: TextMessage) -> TextReply:
        """Hand one message over to the provider. Raises ValueError for a malformed key."""
        if not KEY.fullmatch(message.key):
            raise ValueError("a message's key has letters, digits, dots, dashes and underscores")
        if not PHONE.fullmatch(message.to):
            return TextReply(Texting.REFUSED, "no phone number")
        if not message.text or len(message.text) > LONGEST_TEXT:
            return TextReply(Texting.REFUSED, f"a text has 1 to {LONGEST_TEXT} characters")
        body = {"key": message.key, "to": message.to, "text": message.text}
        request = self._client.build_request(
            "POST", self._url, json=body, headers={"Idempotency-Key": f'"{message.key}"'}
        )
        try:
            status, content = self._exchange(request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return TextReply(Texting.LATER, type(error).__name__)
        except (httpx.HTTPError, TimeoutError) as error:
            return TextReply(Texting.UNKNOWN, f"{type(error).__name__} after sending")
        return _verdict(status, content)

    def _exchange(self, request: httpx.Request) -> tuple[int, bytes]:
        """Return the status and at most LONGEST_REPLY bytes; the whole must end in time."""
        deadline = time.monotonic() + self._timeout_seconds
        content = bytearray()
        response = self._client.send(request, stream=True)
        try:
            for chunk in response.iter_raw():
                content += chunk
                if len(content) > LONGEST_REPLY:
                    break
                if time.monotonic() > deadline:
                    raise TimeoutError
        finally:
            response.close()
        return response.status_code, bytes(content[:LONGEST_REPLY])


def masked(number: str) -> str:
    """Return a number that a log may hold: its last two digits."""
    return f"***{number[-2:]}" if PHONE.fullmatch(number) else "***"


def _verdict(status: int, content: bytes) -> TextReply:
    reason = f"{status} {_code(content)}".strip()
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return TextReply(Texting.SENT)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in PASSING:
        return TextReply(Texting.LATER, reason)
    # A redirect is refused as well: who moves their door tells us the new address.
    return TextReply(Texting.REFUSED, reason)


def _code(content: bytes) -> str:
    """Return the provider's own code, if its reply is JSON that has one."""
    try:
        reply = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    code = reply.get("code") if isinstance(reply, dict) else None
    return code[:MOST_REASON] if isinstance(code, str) else ""


def _checked(url: str) -> str:
    try:
        parts = httpx.URL(url)
    except (httpx.InvalidURL, TypeError) as error:
        raise ValueError(f"the provider's address is no URL: {error}") from error
    if parts.scheme == "https" and parts.host and not parts.userinfo:
        return url
    if parts.scheme == "http" and _is_this_machine(parts.host):
        return url
    raise ValueError("the provider's address must be https, except on this machine")


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
