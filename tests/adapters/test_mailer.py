"""Mail: handed over once to a real server, encrypted, and every reply told apart."""

import base64
import datetime
import email
import email.policy
import ipaddress
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from structlog.testing import capture_logs

from exam_centre.adapters.mailer import ConsoleMailer, Mail, Mailer, Sending, SmtpMailer, masked

NOW = datetime.datetime(2026, 11, 20, 8, 30, tzinfo=datetime.UTC)
SENDER = "考试中心 <no-reply@exams.example>"
MAIL = Mail(
    "zhang.san@example.cn", "您的考场有变动", "请到 2 号楼 204 考场。\n.\n完", "notice-7", NOW
)
PATIENCE_SECONDS = 0.5


@dataclass
class Script:
    """How the server behaves, and what it was told."""

    replies: dict[str, str] = field(default_factory=dict)  # verb -> reply instead of its own
    drop_after: str = ""  # the verb after which it hangs up
    silent: bool = False
    offers_tls: bool = True
    certificate: Path | None = None
    tls_from_the_start: bool = False
    mails: list[EmailMessage] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    encrypted_verbs: set[str] = field(default_factory=set)


class Conversation(socketserver.StreamRequestHandler):
    """One client of a small SMTP server."""

    server: Any

    def setup(self) -> None:
        if self.server.script.tls_from_the_start:
            self.encrypt()
        super().setup()

    def encrypt(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server.script.certificate)
        self.request = context.wrap_socket(self.request, server_side=True)

    def handle(self) -> None:
        script: Script = self.server.script
        if script.silent:
            self.rfile.readline()
            return
        self.say(script.replies.get("CONNECT", "220 here"))
        while line := self.rfile.readline().decode().strip():
            verb = line.split()[0].upper()
            script.said.append(line)
            if isinstance(self.request, ssl.SSLSocket):
                script.encrypted_verbs.add(verb)
            if verb == script.drop_after:
                return
            self.answer(verb, script)
            if verb == "QUIT":
                return

    def answer(self, verb: str, script: Script) -> None:
        if verb in script.replies:
            self.say(script.replies[verb])
        elif verb == "EHLO":
            offers = ["250-here", "250-AUTH PLAIN", "250-SMTPUTF8"]
            offers += ["250-STARTTLS"] if script.offers_tls else []
            self.say("\r\n".join([*offers, "250 8BITMIME"]))
        elif verb == "STARTTLS":
            self.say("220 go on")
            self.encrypt()
            self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb")
        elif verb == "DATA":
            self.say("354 go on")
            self.take(script)
        else:
            self.say("235 in" if verb == "AUTH" else "250 ok")

    def take(self, script: Script) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if script.drop_after == "END":
            self.request.shutdown(socket.SHUT_RDWR)
            return
        if "END" not in script.replies:
            found = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
            assert isinstance(found, EmailMessage)
            script.mails.append(found)
        self.say(script.replies.get("END", "250 taken"))

    def say(self, reply: str) -> None:
        self.wfile.write(reply.encode() + b"\r\n")
        self.wfile.flush()


class Server(socketserver.ThreadingTCPServer):
    """Listens on a free port of this machine."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, script: Script) -> None:
        self.script = script
        super().__init__(("127.0.0.1", 0), Conversation)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what some tests are about."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail server")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("mail") / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def script(certificate: Path) -> Script:
    return Script(certificate=certificate)


@pytest.fixture
def port(script: Script) -> Iterator[int]:
    with Server(script) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def mailer(port: int, certificate: Path, scheme: str = "smtp", user: str = "") -> SmtpMailer:
    context = ssl.create_default_context(cafile=str(certificate))
    return SmtpMailer(f"{scheme}://{user}127.0.0.1:{port}", SENDER, PATIENCE_SECONDS, context)


def test_a_mail_arrives_as_it_was_written(script, port, certificate):
    sent = mailer(port, certificate).send(MAIL)

    assert sent.sending is Sending.SENT
    (mail,) = script.mails
    assert mail["To"] == MAIL.to
    assert mail["From"] == SENDER
    assert mail["Subject"] == MAIL.subject
    assert mail["Message-ID"] == "<notice-7@exams.example>"
    assert mail["Date"].datetime == NOW
    assert mail.get_content().replace("\r\n", "\n") == MAIL.text + "\n"


def test_nothing_about_the_mail_is_said_before_encryption(script, port, certificate):
    mailer(port, certificate, user="u%40x:p%3Aw@").send(MAIL)

    assert script.encrypted_verbs >= {"AUTH", "MAIL", "RCPT", "DATA"}
    (login,) = [line.split()[-1] for line in script.said if line.startswith("AUTH")]
    assert base64.b64decode(login) == b"\0u@x\0p:w"


def test_a_server_may_speak_tls_from_the_start(script, port, certificate):
    script.tls_from_the_start = True

    assert mailer(port, certificate, "smtps").send(MAIL).sending is Sending.SENT
    assert len(script.mails) == 1


def test_a_server_nobody_vouches_for_gets_nothing(script, port):
    stranger = SmtpMailer(f"smtp://127.0.0.1:{port}", SENDER, PATIENCE_SECONDS)

    reply = stranger.send(MAIL)

    assert (reply.sending, reply.reason) == (Sending.LATER, "SSLCertVerificationError")
    assert script.mails == []
    assert not any(line.startswith(("MAIL", "AUTH")) for line in script.said)


def test_a_subject_can_not_add_a_header(script, port, certificate):
    mail = Mail(MAIL.to, "x\r\nBcc: everyone@example.cn\n\nbody", "text", "k", NOW)

    assert mailer(port, certificate).send(mail).sending is Sending.SENT
    assert script.mails[0]["Bcc"] is None
    assert script.mails[0]["Subject"] == "x Bcc: everyone@example.cn body"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "zhang",
        "a@b",
        "a@x.cn\n",
        "a b@example.cn",
        "a@example.cn\r\nRCPT TO:<b@example.cn>",
        "张@例子.中国",
    ],
)
def test_what_is_no_address_never_reaches_the_server(script, port, certificate, address):
    reply = mailer(port, certificate).send(Mail(address, "s", "t", "k", NOW))

    assert reply.sending is Sending.REFUSED
    assert script.said == []


@pytest.mark.parametrize(
    ("verb", "answer", "sending"),
    [
        ("RCPT", "550 no <zhang.san@example.cn> here", Sending.REFUSED),
        ("RCPT", "450 busy", Sending.LATER),
        ("END", "554 looks like spam", Sending.REFUSED),
        ("END", "451 try again", Sending.LATER),
        ("CONNECT", "554 not you", Sending.LATER),
        ("MAIL", "550 not from you", Sending.LATER),
        ("AUTH", "535 wrong password", Sending.LATER),
    ],
)
def test_what_the_server_refuses_is_told_apart(script, port, certificate, verb, answer, sending):
    script.replies[verb] = answer

    reply = mailer(port, certificate, user="u:p@").send(MAIL)

    assert reply.sending is sending
    assert reply.reason.startswith(answer[:3])
    assert "zhang" not in reply.reason
    assert script.mails == []


@pytest.mark.parametrize(
    ("verb", "sending"),
    [("EHLO", Sending.LATER), ("END", Sending.UNKNOWN), ("QUIT", Sending.SENT)],
)
def test_a_broken_connection_says_how_far_the_mail_came(script, port, certificate, verb, sending):
    script.drop_after = verb

    assert mailer(port, certificate).send(MAIL).sending is sending


def test_a_silent_server_costs_only_our_patience(script, port, certificate):
    script.silent = True

    assert mailer(port, certificate).send(MAIL).sending is Sending.LATER


def test_a_server_that_is_not_there_is_for_later(certificate):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        reply = mailer(free.getsockname()[1], certificate).send(MAIL)

    assert reply.sending is Sending.LATER


@pytest.mark.parametrize("url", ["", "http://x.cn", "smtp://", "smtp:///x"])
def test_what_is_no_mail_server_is_refused_at_the_start(url):
    with pytest.raises(ValueError, match="smtp"):
        SmtpMailer(url, SENDER)


def test_the_log_has_one_line_without_the_address():
    sender: Mailer = ConsoleMailer()
    structlog.reset_defaults()  # an application made before may have asked for errors alone
    with capture_logs() as lines:
        reply = sender.send(Mail("zhang.san@example.cn", "a\nb", "secret code 123", "k-1", NOW))

    assert reply.sending is Sending.SENT
    line = str(*lines)
    assert "\\n" not in line
    assert "k-1" in line
    assert not any(word in line for word in ("zhang", "example", "123"))


def test_a_masked_address_keeps_its_first_letter():
    assert masked("zhang.san@mail.example.cn") == "z***@***.cn"
    assert masked("nonsense") == "***"
