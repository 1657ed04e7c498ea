"""Our own client and its messages, and servers that are no bank at all."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from exam_centre.adapters.credit_bank import HttpCreditBank, PushMessage, canonical_json
from tests.banks.outcomes import KEY
from tests.banks.reference import KEY_ID

PATIENCE_SECONDS = 5.0
IMPATIENCE_SECONDS = 0.3


def client_of(url: str, seconds: float = PATIENCE_SECONDS) -> HttpCreditBank:
    """A client with the registered key."""
    return HttpCreditBank(url, KEY_ID, KEY, seconds)


def message(body: dict[str, Any]) -> PushMessage:
    """The message that the outbox would send."""
    return PushMessage(body["outcome_id"], body["version"], canonical_json(body))


@contextmanager
def server_that_answers(
    status: int,
    body: bytes = b"",
    headers: dict[str, str] | None = None,
    *,
    times: int = 1,
    pause_seconds: float = 0.0,
) -> Iterator[tuple[str, list[str]]]:
    """A server with one answer for everything, and the paths it was asked for.

    times    how often the body is sent, one after the other, with a pause after each.
    """
    length = str(len(body) * times)
    asked: list[str] = []

    class OneAnswer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            for name, value in ({"Content-Length": length} | (headers or {})).items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(ConnectionError):  # The client may leave before the end.
                for _ in range(times):
                    self.wfile.write(body)
                    time.sleep(pause_seconds)

        do_PUT = do_GET  # noqa: N815 - the server looks it up by this name

        def log_message(self, *_arguments: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), OneAnswer)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
