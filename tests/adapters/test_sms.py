"""Text messages: posted once to a real provider, bounded, and every reply told apart."""

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from exam_centre.adapters.mailer import MailReply, Sending
from exam_centre.adapters.sms import (
    ConsoleSms,
    HttpSms,
    MailSms,
    Sms,
    Texting,
    TextMessage,
    masked,
)

MESSAGE = TextMessage("+8613812345678", "请到 2 号楼 204 考场 14 座", "notice-7")
PATIENCE_SECONDS = 0.4


@dataclass
class Provider:
    """How the provider behaves, and what it was told."""

    port: int = 0
    status: int = 200
    body: bytes = b"{}"
    location: str = ""
    hangs: bool = False
    drips: bool = False
    requests: list[dict[str, Any]] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)


def handler_of(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.requests.append({"path": self.path, "followed": True})
            self.send_error(404)

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            provider.requests.append(
                {"path": self.path, "headers": self.headers, "body": json.loads(content)}
            )
            if provider.hangs:
                provider.release.wait(5)
                return
            self.send_response(provider.status)
            if provider.location:
                self.send_header("Location", provider.location)
            self.end_headers()
            if provider.drips:
                while not provider.release.wait(0.05):
                    self.wfile.write(b" ")
                    self.wfile.flush()
            self.wfile.write(provider.body)

        def log_message(self, *_facts: Any) -> None:
            """Tests read what was kept, not a log."""

    return Handler


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    with ThreadingHTTPServer(("127.0.0.1", 0), handler_of(made)) as server:
        server.daemon_threads = True
        server.handle_error = lambda *_facts: None  # a client that gives up is what we test
        made.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield made
        made.release.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def sms(provider: Provider) -> Iterator[HttpSms]:
    made = HttpSms(f"http://127.0.0.1:{provider.port}/send?app=7", "t0ken", PATIENCE_SECONDS)
    yield made
    made.close()


def test_a_message_arrives_with_its_key(provider, sms):
    assert sms.send(MESSAGE).texting is Texting.SENT

    (request,) = provider.requests
    assert request["path"] == "/send?app=7"
    assert request["body"] == {"key": "notice-7", "to": MESSAGE.to, "text": MESSAGE.text}
    assert request["headers"]["Idempotency-Key"] == '"notice-7"'
    assert request["headers"]["Authorization"] == "Bearer t0ken"
    assert request["headers"]["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("status", "texting"),
    [
        (200, Texting.SENT),
        (202, Texting.SENT),
        (400, Texting.REFUSED),
        (403, Texting.REFUSED),
        (429, Texting.LATER),
        (500, Texting.LATER),
        (503, Texting.LATER),
    ],
)
def test_what_the_provider_answers_is_told_apart(provider, sms, status, texting):
    provider.status, provider.body = status, b'{"code": "quota", "to": "13812345678"}'

    reply = sms.send(MESSAGE)

    assert reply.texting is texting
    assert reply.reason == ("" if texting is Texting.SENT else f"{status} quota")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"code": 7}', b"\xff\xfe", b"[" * 9999])
def test_a_reply_that_is_no_answer_still_has_its_status(provider, sms, body):
    provider.status, provider.body = 400, body

    assert sms.send(MESSAGE).reason == "400"


def test_no_redirect_is_followed(provider, sms):
    provider.status, provider.location = 307, f"http://127.0.0.1:{provider.port}/elsewhere"

    assert sms.send(MESSAGE).texting is Texting.REFUSED
    assert [request["path"] for request in provider.requests] == ["/send?app=7"]


@pytest.mark.parametrize("way", ["hangs", "drips"])
def test_a_provider_that_does_not_finish_leaves_us_in_doubt(provider, sms, way):
    setattr(provider, way, True)

    reply = sms.send(MESSAGE)

    assert reply.texting is Texting.UNKNOWN
    assert len(provider.requests) == 1


def test_a_provider_that_is_not_there_is_for_later():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        sms = HttpSms(f"http://127.0.0.1:{free.getsockname()[1]}", timeout_seconds=PATIENCE_SECONDS)
        reply = sms.send(MESSAGE)
        sms.close()

    assert (reply.texting, reply.reason) == (Texting.LATER, "ConnectError")


def test_an_endless_reply_is_cut(provider, sms):
    provider.body = b" " * 5_000_000

    assert sms.send(MESSAGE).texting is Texting.SENT


@pytest.mark.parametrize(
    ("to", "text"),
    [
        ("", "x"),
        ("13８12345678", "x"),
        ("12", "x"),
        ("13812345678", ""),
        ("13812345678", "字" * 501),
    ],
)
def test_what_no_phone_can_take_is_not_sent(provider, sms, to, text):
    assert sms.send(TextMessage(to, text, "k")).texting is Texting.REFUSED
    assert provider.requests == []


@pytest.mark.parametrize(
    "url",
    ["", "http://sms.example.cn", "ftp://127.0.0.1", "https://u:p@sms.example.cn", "https://"],
)
def test_a_provider_s_address_is_https_and_carries_no_password(url):
    with pytest.raises(ValueError, match="address"):
        HttpSms(url)


def test_a_key_is_a_plain_word(sms):
    with pytest.raises(ValueError, match="key"):
        sms.send(TextMessage("13812345678", "x", 'a"\r\nX: y'))


def test_the_log_has_one_line_without_the_number():
    sender: Sms = ConsoleSms()
    structlog.reset_defaults()  # an application made before may have asked for errors alone
    with capture_logs() as lines:
        reply = sender.send(TextMessage("13812345678", "code 4711\nx", "k-1"))

    assert reply.texting is Texting.SENT
    line = str(*lines)
    assert "k-1" in line
    assert not any(word in line for word in ("138", "4711", "\\n"))


def test_on_a_desk_the_log_shows_the_text_on_one_line():
    sender: Sms = ConsoleSms(shows_text=True)
    structlog.reset_defaults()  # an application made before may have asked for errors alone
    with capture_logs() as lines:
        sender.send(TextMessage("13812345678", "code 4711\nx", "k-1"))

    line = str(*lines)
    assert "code 4711 x" in line
    assert "138" not in line


class Postbox:
    """Keeps mails, and answers as it was told to."""

    def __init__(self, answer):
        self.mails, self.answer = [], answer

    def send(self, mail):
        self.mails.append(mail)
        return MailReply(self.answer, "450 later")


def test_a_gateway_gets_the_text_as_a_mail_to_the_number():
    box = Postbox(Sending.LATER)

    reply = MailSms(box, "sms.example.edu.cn").send(TextMessage("+8613812345678", "4711", "k-1"))

    (mail,) = box.mails
    assert (mail.to, mail.text, mail.key) == ("8613812345678@sms.example.edu.cn", "4711", "k-1")
    assert (reply.texting, reply.reason) == (Texting.LATER, "450 later")
    assert (
        MailSms(box, "sms.example.edu.cn")
        .send(TextMessage("x@evil.example", "4711", "k-2"))
        .texting
        is Texting.REFUSED
    )
    assert len(box.mails) == 1


def test_a_gateway_has_a_domain():
    with pytest.raises(ValueError, match="domain"):
        MailSms(Postbox(Sending.SENT), "not a domain")


def test_a_masked_number_keeps_its_last_two_digits():
    assert masked("13812345678") == "***78"
    assert masked("nonsense") == "***"
