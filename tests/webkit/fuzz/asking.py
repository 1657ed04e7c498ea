"""Asks the application what nobody foresaw, and writes down what it answers."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from urllib.parse import quote, urlencode, urlsplit

from flask import Flask, request
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from exam_centre.webkit.limits import limiter
from tests.webkit.fuzz import atoms
from tests.webkit.fuzz.forms import PageReader
from tests.webkit.fuzz.town import Asker, Town

FORM = "application/x-www-form-urlencoded"
BOUNDARY = "fuzzed-boundary"
TRACES = ("Traceback (most recent call last)", 'File "/', "sqlalchemy.exc", "psycopg.errors")
SIGN_IN = "/sign-in"
STALE = "The page was open for too long"  # a form without its token never came to its page
REFUSED_FIELD = "field--error"
PERMITTED = (200, 201, 204, 302, 303, 304, 409)  # what somebody gets who may open the address
NO_ADDRESS = "(no address)"

Pairs = list[tuple[str, str]]


@dataclass
class Sent:
    """One request as it was sent, enough to send it again."""

    number: int
    who: str
    method: str
    path: str
    body: bytes
    kind: str
    status: int = 0

    def __str__(self) -> str:
        body = self.body[:400]
        return f"#{self.number} {self.who}: {self.method} {self.path} {self.kind} {body!r}"


@dataclass
class Upload:
    """A file of a form."""

    field: str
    name: str
    content: bytes


@dataclass
class Record:
    """What all answers came to."""

    requests: int = 0
    successes: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)  # 5xx, traces, names of the other province
    reached: set[str] = field(default_factory=set)
    by_endpoint: Counter[str] = field(default_factory=Counter)

    @property
    def share(self) -> float:
        """How many of the requests did what they asked for, from 0 to 1."""
        return self.successes / max(self.requests, 1)


class Teller:
    """Sends requests of a town's people, and looks at every answer."""

    def __init__(self, town: Town) -> None:
        self.town, self.record = town, Record()
        self.app: Flask = town.app
        self.is_honest = True  # what is sent has a shape that the page itself could have sent

    def ask(
        self,
        asker: Asker,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        kind: str = "",
        headers: dict[str, str] | None = None,
    ) -> TestResponse:
        """Send one request and judge the answer."""
        assert asker.browser is not None
        limiter.reset()  # what is counted there is another test's business
        sent = Sent(self.record.requests + 1, asker.label, method, path, body, kind)
        answer = asker.browser.open(
            path, method=method, data=body, content_type=kind or None, headers=headers or {}
        )
        sent.status = answer.status_code
        self._judge(asker, sent, answer)
        if answer.status_code == 401 and asker.user_id:
            self.town.sign_in(asker)  # a new password or a revoked role ends a sign-in
        return answer

    def send(
        self, asker: Asker, path: str, pairs: Pairs, uploads: list[Upload] | None = None
    ) -> TestResponse:
        """Send a form, with its files where it has any."""
        if uploads is None:
            body = urlencode(pairs, errors="surrogatepass").encode()
            return self.ask(asker, "POST", path, body=body, kind=FORM)
        body = multipart(pairs, uploads)
        return self.ask(
            asker, "POST", path, body=body, kind=f"multipart/form-data; boundary={BOUNDARY}"
        )

    def _judge(self, asker: Asker, sent: Sent, answer: TestResponse) -> None:
        record, endpoint = self.record, self.endpoint_of(sent.path, sent.method)
        record.requests += 1
        record.statuses[answer.status_code] += 1
        record.by_endpoint[endpoint] += 1
        text = _text_of(answer)
        to_sign_in = answer.headers.get("Location", "").startswith(SIGN_IN)
        permitted = (*PERMITTED, 400) if self.is_honest and STALE not in text else PERMITTED
        is_ours = answer.status_code in permitted and not (to_sign_in and asker.user_id == 0)
        if is_ours:
            record.reached.add(endpoint)
        if is_ours and answer.status_code < 400 and REFUSED_FIELD not in text:
            record.successes += 1
        if answer.status_code >= 500:
            record.faults.append(f"{answer.status_code} {sent}")
        for trace in TRACES:
            if trace in text:
                record.faults.append(f"shows its inside ({trace}): {sent}")
        if asker.canary and asker.canary in text and not self.is_public(endpoint):
            record.faults.append(f"tells a name of the other province: {sent}")

    def endpoint_of(self, path: str, method: str) -> str:
        """Return which route an address belongs to."""
        try:
            with self.app.test_request_context(path, method=method):
                return request.endpoint or NO_ADDRESS
        except (HTTPException, ValueError, UnicodeError):
            return NO_ADDRESS

    def is_public(self, endpoint: str) -> bool:
        """Whether the whole world may open a route."""
        access = getattr(self.app.view_functions.get(endpoint), "access", None)
        return bool(access and access.is_public)


def multipart(pairs: Pairs, uploads: list[Upload]) -> bytes:
    """Return a form with files as a browser of no manners sends it."""
    parts: list[bytes] = []
    for name, value in pairs:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        parts.append(head.encode(errors="surrogatepass"))
        parts.append(value.encode(errors="surrogatepass") + b"\r\n")
    for upload in uploads:
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{upload.field}"; '
            f'filename="{upload.name}"\r\nContent-Type: application/octet-stream\r\n\r\n'
        )
        parts.append(head.encode(errors="surrogatepass") + upload.content + b"\r\n")
    return b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


def read(answer: TestResponse) -> PageReader | None:
    """Return the links and forms of a page, None where the answer is no page."""
    if answer.status_code != 200 or answer.mimetype != "text/html":
        return None
    return PageReader(answer.get_data(as_text=True))


def spoilt_paths(path: str, chance: Random) -> Iterator[str]:
    """Yield one hostile variant of an address, again and again."""
    while True:
        parts = urlsplit(path)
        segments = parts.path.split("/")
        query = [(chance.choice(atoms.QUERIES), atoms.text(chance)) for _ in range(3)]
        if chance.random() < 0.6 and len(segments) > 2:
            place = chance.randrange(2, len(segments))
            segments[place] = chance.choice(atoms.SEGMENTS)
        elif chance.random() < 0.3:
            segments.insert(chance.randrange(1, len(segments) + 1), chance.choice(atoms.SEGMENTS))
        asked = urlencode(query, errors="surrogatepass", quote_via=quote)
        yield "/".join(segments) + (f"?{asked}" if chance.random() < 0.7 else "")


def _text_of(answer: TestResponse) -> str:
    if answer.mimetype.startswith(("text/", "application/json")):
        return answer.get_data().decode(errors="replace")
    return ""
