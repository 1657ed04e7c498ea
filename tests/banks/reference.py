"""The reference credit bank as a real server on this machine, and its operator's hands."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
from werkzeug.serving import WSGIRequestHandler, make_server

from reference_bank import create_app
from reference_bank.bank import EXTENSION
from reference_bank.configuration import BankConfig

ISSUER_ID = "did:web:credentials.example.edu.cn"
KEY_ID = "issuer-2026"
OPERATOR_TOKEN = "operator-of-the-reference-bank"


@dataclass(frozen=True)
class RunningBank:
    """A bank that listens, with what its operator may do to it over HTTP."""

    url: str
    operator_token: str
    database: Path
    operator: httpx.Client

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> httpx.Response:
        """Any request with the operator's token."""
        return self.operator.request(method, path, json=body)

    def register_issuer(self, key_id: str, issuer_id: str, public_key_pem: bytes) -> None:
        """Let a key sign for an issuer."""
        self._done(
            "/api/v1/issuers",
            {"key_id": key_id, "issuer_id": issuer_id, "public_key_pem": public_key_pem.decode()},
        )

    def open_account(self, account: str, name: str, id_tail: str) -> None:
        """Open a learning account; id_tail is the identity number's last four places."""
        self._done("/api/v1/accounts", {"account": account, "name": name, "id_tail": id_tail})

    def register_unit(
        self,
        code: str,
        version: str,
        title: str,
        credits: str,  # noqa: A002 - the word of the contract
        *,
        kind: str = "course",
        framework: str = "LOF",
        level: int = 5,
    ) -> None:
        """Publish a unit that credits may be given for."""
        self._done(
            "/api/v1/units",
            {
                "code": code,
                "version": version,
                "title": title,
                "framework": framework,
                "level": level,
                "credits": credits,
                "kind": kind,
            },
        )

    def order_faults(self, *script: str, **plan: Any) -> None:
        """Order the faults of the next pushes, one name a push, or a rate=, seed= and kinds=."""
        self._done("/faults", {"script": list(script)} | plan)

    def faults_done(self) -> list[dict[str, Any]]:
        """The faults done since the plan was ordered, oldest first."""
        done: list[dict[str, Any]] = self.ask("GET", "/faults").raise_for_status().json()["done"]
        return done

    def ledger(self, account: str) -> dict[str, Any]:
        """Balance (text) and entries of an account, as the bank tells them."""
        answer = self.ask("GET", f"/api/v1/accounts/{account}/ledger").raise_for_status()
        told: dict[str, Any] = answer.json()
        return told

    def _done(self, path: str, body: Mapping[str, Any]) -> None:
        self.ask("POST", path, body).raise_for_status()


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the parent's word
        """Say nothing: hundreds of requests would bury a test's own output."""


@contextmanager
def running_reference_bank(
    folder: Path,
    issuer_public_key_pem: bytes,
    *,
    key_id: str = KEY_ID,
    issuer_id: str = ISSUER_ID,
    port: int = 0,
) -> Iterator[RunningBank]:
    """Run a bank that knows one issuer, until the block ends.

    folder   holds its database; the same folder again is the same bank after a restart.
    port     0 takes a free one; the port of an earlier bank lets a restarted one be found.
    """
    database = folder / "reference_bank.sqlite3"
    app = create_app(BankConfig(database=database, operator_token=OPERATOR_TOKEN))
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.port}"
    headers = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}
    try:
        with httpx.Client(base_url=url, headers=headers, timeout=10) as operator:
            bank = RunningBank(url, OPERATOR_TOKEN, database, operator)
            bank.register_issuer(key_id, issuer_id, issuer_public_key_pem)
            yield bank
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        app.extensions[EXTENSION].database.close()
